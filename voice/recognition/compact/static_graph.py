"""A static decoding graph HCLG: a word grammar, expanded to phones, to triphones and to HMM states.

The classical recipe of Mohri, Pereira and Riley, "Weighted finite-state transducers in speech recognition" (2002), with
two shortcuts: determinisation treats labels and weight as one letter, so that no disambiguation symbols are needed, and
garbage (speech that is none of the grammar's words) is a loop over phones without context.
"""

from __future__ import annotations

import numpy as np

from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.compact.lexicon import Lexicon
from voice.recognition.compact.phone_set import PhoneSet, TransitionModel
from voice.recognition.compact.ptm import BEGIN, END, SINGLE, IntArray
from voice.recognition.compact.weight_pushing import pushed
from voice.recognition.compact.word_graph import GraphOptions, alike, jump_label, word_graph
from voice.recognition.openfst import compact, compose, from_fst, minimal
from voice.recognition.progress import Progress, silent


def static_graph(
    grammar: FstArrays,
    lexicon: Lexicon,
    transitions: TransitionModel,
    garbage: int | None = None,
    options: GraphOptions | None = None,
    on_progress: Progress = silent,
) -> FstArrays:
    """HCLG of a word acceptor whose labels are the lexicon's word numbers. `garbage`: the label of the garbage word."""
    phones, options = transitions.phones, options or GraphOptions()
    on_progress("pronunciations", 0.0)
    lg = compact(word_graph(grammar, lexicon, phones, garbage, options))
    on_progress("contexts", 0.3)
    clg = compose(context_graph(phones), lg)
    on_progress("contexts", 0.6)
    clg = minimal(clg)
    on_progress("states", 0.8)
    graph = expand_states(pushed(from_fst(clg)), transitions)
    on_progress("states", 1.0)
    return graph


def context_graph(phones: PhoneSet) -> FstArrays:
    """Triphone symbols in, phones out: each phone waits for the next, which is its right context.

    State (left context, waiting phone); a phone's symbol is given out when the following phone is read.
    """
    real = phones.model.real_phones
    sil = phones.model.silence
    contexts = np.append(real, sil)
    count = len(phones.names) - 1
    free = phones.position < 0  # fillers; the garbage word's phones follow, context-free as well
    label = np.arange(1, 2 * count + 1)
    phone = np.where(label > count, label - count, label)
    garbage = label > count
    bound = ~(garbage | free[phone])
    position = phones.position[phone]
    keep = ~(garbage & ((position < 0) | (position == SINGLE)))
    label, phone, garbage, bound, position = (a[keep] for a in (label, phone, garbage, bound, position))
    as_context = np.where(bound, phones.ci[phone], sil)
    starts = (position < 0) | (position == BEGIN) | (position == SINGLE)
    ends = (position < 0) | (position == END) | (position == SINGLE)
    # states: 0 the start, 1 the end, then (waiting label, left context)
    left_slot = np.zeros(len(phones.model.ci_phones), np.int64)
    left_slot[contexts] = np.arange(len(contexts))
    base = 2 + np.cumsum(np.where(bound, len(contexts), 1)) - np.where(bound, len(contexts), 1)
    waiting = np.repeat(np.arange(len(label)), np.where(bound, len(contexts), 1))
    left = np.concatenate([contexts if b else [sil] for b in bound])
    state = 2 + np.arange(len(waiting))
    follows = np.where(ends[:, None], starts[None, :], ~starts[None, :] & (garbage[:, None] == garbage[None, :]))
    pair, after = np.nonzero(follows[waiting])
    now = waiting[pair]
    symbol = np.where(
        bound[now], phones.symbol[phone[now], left[pair], as_context[after]], phones.free_symbol[phone[now]]
    )
    target = base[after] + np.where(bound[after], left_slot[as_context[now]], 0)
    opening = np.flatnonzero(starts)
    closing = np.flatnonzero(ends[waiting])
    last = waiting[closing]
    last_symbol = np.where(bound[last], phones.symbol[phone[last], left[closing], sil], phones.free_symbol[phone[last]])
    opened = base[opening] + np.where(bound[opening], left_slot[sil], 0)
    jumping = np.append(0, state)
    arcs = [
        make_arcs(0, label[opening], 0.0, opened),
        make_arcs(symbol, label[after], 0.0, target),
        make_arcs(last_symbol, 0, 0.0, 1),
        make_arcs(len(phones.symbol_phone) + 1, jump_label(phones), 0.0, jumping),
    ]
    source = np.concatenate([np.zeros(len(opening), np.int64), state[pair], state[closing], jumping])
    final = np.full(2 + len(waiting), np.inf)
    final[1] = 0.0
    graph = FstArrays.from_unsorted(0, final, source, np.concatenate(arcs))
    order = np.lexsort((graph.arcs["olabel"], graph.source))  # composition searches by output label
    return FstArrays(graph.start, graph.final, graph.source[order], graph.arcs[order])


def expand_states(clg: FstArrays, transitions: TransitionModel) -> FstArrays:
    """Triphone symbols become HMM states: forward transition-ids with the self-loop on the state behind ("reordered").

    States that read the same remaining senones on the way to the same place are shared.
    """
    arcs = clg.arcs
    arcs["ilabel"][arcs["ilabel"] > len(transitions.self_loops)] = 0  # jumps
    speech = arcs["ilabel"] > 0
    ids = transitions.self_loops[arcs["ilabel"][speech] - 1]  # (arcs, 3)
    target = arcs["next"][speech].astype(np.int64)
    cost = -transitions.log_probabilities
    tail, tail_of = _distinct(target, ids[:, 2])
    middle, middle_of = _distinct(tail_of, ids[:, 1])
    head, head_of = _distinct(middle_of, ids[:, 0])
    own = ~_merging(clg, speech, tail[:, 0])[tail[:, 0]]
    at = clg.states
    tail_state = np.where(own, at + np.cumsum(own) - 1, tail[:, 0])
    at += int(own.sum())
    middle_state = at + np.arange(len(middle))
    head_state = at + len(middle) + np.arange(len(head))
    last = tail[:, 1]
    leaving = np.zeros(clg.states)  # what a state costs is paid on the way out of it, as if pushed
    leaving[tail[~own, 0]] = cost[last[~own] + 1]
    weight = arcs["weight"] + leaving[clg.source]
    loops = [(head_state, head[:, 1]), (middle_state, middle[:, 1]), (tail_state, last)]
    source = [
        clg.source[speech], clg.source[~speech], head_state, middle_state, tail_state[own], *(s for s, _ in loops),
    ]  # fmt: skip
    after_head, after_middle = middle[head[:, 0]], tail[middle[:, 0]]
    parts = [
        make_arcs(1 + ids[:, 0], arcs["olabel"][speech], weight[speech], head_state[head_of]),
        make_arcs(0, arcs["olabel"][~speech], weight[~speech], arcs["next"][~speech]),
        make_arcs(after_head[:, 1] + 1, 0, cost[head[:, 1] + 1], middle_state[head[:, 0]]),
        make_arcs(after_middle[:, 1] + 1, 0, cost[middle[:, 1] + 1], tail_state[middle[:, 0]]),
        make_arcs(0, 0, cost[last[own] + 1], tail[own, 0]),
        *(make_arcs(loop, 0, cost[loop], states) for states, loop in loops),
    ]
    final = np.full(at + len(middle) + len(head), np.inf)
    final[: clg.states] = clg.final + leaving
    return FstArrays.from_unsorted(clg.start, final, np.concatenate(source), np.concatenate(parts))


def _merging(clg: FstArrays, speech: np.ndarray, ends: IntArray) -> np.ndarray:
    """(states,): those on which the self-loop of the last HMM state may sit, as all ways in share it."""
    quiet = np.zeros(clg.states, bool)
    quiet[clg.arcs["next"][~speech]] = True
    quiet[clg.start] = True
    alone: np.ndarray = np.bincount(ends, minlength=clg.states) == 1
    return alone & ~quiet


def _distinct(left: IntArray, right: IntArray) -> tuple[IntArray, IntArray]:
    """(pairs, 2): the different pairs of two columns, ascending, and (rows,): each row's pair."""
    one, group = alike(left, right)
    return np.column_stack([left[one], right[one]]), group
