"""A static decoding graph HCLG: a word grammar, expanded to phones, to triphones and to HMM states.

The classical recipe of Mohri, Pereira and Riley, "Weighted finite-state transducers in speech recognition" (2002), with
two shortcuts: determinisation treats labels and weight as one letter, so that no disambiguation symbols are needed, and
garbage (speech that is none of the grammar's words) is a loop over phones without context.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice.recognition.compact.fst_arrays import JUMP, FstArrays, make_arcs
from voice.recognition.compact.lexicon import Lexicon
from voice.recognition.compact.phone_set import PhoneSet, TransitionModel
from voice.recognition.compact.ptm import BEGIN, END, INTERNAL, SINGLE, IntArray
from voice.recognition.compact.weight_pushing import pushed
from voice.recognition.openfst import compact, compose, from_fst, minimal
from voice.recognition.progress import Progress, silent


@dataclass(frozen=True)
class GraphOptions:
    silence: float = 0.1
    """Probability of a pause between two words"""
    edge_silence: float = 0.5
    """Probability of a pause at the start"""
    noise: float = 1e-3
    """Probability that such a pause is a noise"""
    garbage_phone: float = 5.5
    """Negative log probability of each phone of the garbage word"""


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
    graph = pushed(expand_states(from_fst(clg), transitions))
    on_progress("states", 1.0)
    return graph


def word_graph(
    grammar: FstArrays, lexicon: Lexicon, phones: PhoneSet, garbage: int | None, options: GraphOptions
) -> FstArrays:
    """Phones in, words out: every arc of the grammar spelled out, with optional pauses before and after each word.

    Labels above the number of phones are the garbage word's, phone by phone.
    """
    g = grammar
    entry = g.states + np.arange(g.states)  # where words that lead to a state end: a pause may follow
    pauses = _pauses(g, entry, phones, options)
    label = g.arcs["ilabel"]
    silent_arc = (label == 0) | (label == JUMP)
    spoken = ~silent_arc & (label != garbage) if garbage is not None else ~silent_arc
    tries, count = _tries(g, spoken, entry, lexicon, 2 * g.states + 1)
    parts = [pauses, tries]
    direct = np.flatnonzero(silent_arc)
    jump = np.where(label[direct] == JUMP, jump_label(phones), 0)
    parts.append((g.source[direct], make_arcs(jump, 0, g.arcs["weight"][direct], g.arcs["next"][direct])))
    for i in np.flatnonzero(label == garbage) if garbage is not None else ():
        arc = g.arcs[i]
        parts.append(_garbage(int(g.source[i]), arc, int(entry[arc["next"]]), count, phones, options))
        count += 1
    final = np.full(count, np.inf, np.float32)
    final[: g.states] = g.final
    source = np.concatenate([p[0] for p in parts])
    return FstArrays.from_unsorted(2 * g.states, final, source, np.concatenate([p[1] for p in parts]))


def jump_label(phones: PhoneSet) -> int:
    """On the phones' side: after the phones and the garbage word's phones."""
    return 2 * len(phones.names) - 1


def _pauses(g: FstArrays, entry: IntArray, phones: PhoneSet, options: GraphOptions) -> tuple[IntArray, np.ndarray]:
    """From each entry state to its grammar state: at once, through silence or through a noise."""
    sources = np.append(entry, 2 * g.states)
    targets = np.append(np.arange(g.states), g.start)
    chance = np.append(np.full(g.states, options.silence), options.edge_silence)
    ways = [(0, 1 - chance), (phones.silence, chance * (1 - options.noise))]
    noises = [i for i in range(1, len(phones.names)) if phones.position[i] < 0 and i != phones.silence]
    ways += [(noise, chance * options.noise / len(noises)) for noise in noises]
    arcs = [make_arcs(phone, 0, -np.log(p), targets) for phone, p in ways]
    return np.tile(sources, len(ways)), np.concatenate(arcs)


def _tries(
    g: FstArrays, spoken: np.ndarray, entry: IntArray, lexicon: Lexicon, count: int
) -> tuple[tuple[IntArray, np.ndarray], int]:
    """The phones of the words behind each state as a prefix tree, and the number of states then.

    A way into the tree costs what its best word costs, and the rest where the words part: a search pays as early as can
    be, and holds no hypothesis twice. A word is put out where it is told from the state's other words.
    """
    arc, entry_of, cost = _pronounced(g, np.flatnonzero(spoken), lexicon)
    first, length = lexicon.first[entry_of], (lexicon.first[1:] - lexicon.first[:-1])[entry_of]
    word, target = g.arcs["ilabel"][arc], entry[g.arcs["next"][arc]]
    node, paid, told = g.source[arc], np.zeros(len(arc)), np.zeros(len(arc), bool)
    parts = []
    for place in range(int(length.max(initial=0))):  # all words' phones of that place at once
        row = np.flatnonzero(length > place)
        phone = lexicon.phones[first[row] + place]
        ends = length[row] == place + 1
        one, group = _alike(node[row], phone, np.where(ends, 1 + row, 0))  # a whole word keeps an arc of its own
        best = _least(cost[row], group)
        alone = (_least(word[row], group) == -_least(-word[row], group)) & ~told[row[one]]
        leaf, shown = ends[one], row[one]
        state = np.where(leaf, target[shown], count + np.cumsum(~leaf) - 1)
        label = np.where(alone, word[shown], 0)
        parts.append((node[shown], make_arcs(phone[one], label, best - paid[shown], state)))
        count += int((~leaf).sum())
        told[row] |= alone[group]
        node[row], paid[row] = state[group], best[group]
    source, arcs = zip(*parts, strict=True) if parts else ([np.zeros(0, np.int64)], [make_arcs([], 0, 0.0, 0)])
    return (np.concatenate(source), np.concatenate(arcs)), count


def _pronounced(g: FstArrays, index: IntArray, lexicon: Lexicon) -> tuple[IntArray, IntArray, np.ndarray]:
    """Of every pronunciation of the arcs `index`: the arc, the lexicon's entry, its cost."""
    label = g.arcs["ilabel"][index]
    first = np.searchsorted(lexicon.word, label)
    ways = np.searchsorted(lexicon.word, label, "right") - first
    arc = np.repeat(index, ways)
    entry = np.repeat(first - np.cumsum(ways) + ways, ways) + np.arange(len(arc))
    return arc, entry, g.arcs["weight"][arc] + np.repeat(np.log(np.maximum(ways, 1)), ways)


def _alike(*keys: IntArray) -> tuple[IntArray, IntArray]:
    """Rows with the same keys: one row of each group, and each row's group."""
    _, one, group = np.unique(np.column_stack(keys), axis=0, return_index=True, return_inverse=True)
    return one, group


def _least(value: np.ndarray, group: IntArray) -> np.ndarray:
    least = np.full(int(group.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, group, value)
    return least


def _garbage(
    source: int, arc: np.void, target: int, state: int, phones: PhoneSet, options: GraphOptions
) -> tuple[IntArray, np.ndarray]:
    """Two phones or more in no context, as one word."""
    parts = []
    for position, origin, end in ((BEGIN, source, state), (INTERNAL, state, state), (END, state, target)):
        numbers = np.flatnonzero(phones.position == position)
        opening = position == BEGIN
        weight = options.garbage_phone + (float(arc["weight"]) if opening else 0.0)
        labels = make_arcs(len(phones.names) - 1 + numbers, arc["ilabel"] if opening else 0, weight, end)
        parts.append((np.full(len(labels), origin), labels))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


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
    tail, tail_of = np.unique(np.column_stack([target, ids[:, 2]]), axis=0, return_inverse=True)
    middle, middle_of = np.unique(np.column_stack([tail_of, ids[:, 1]]), axis=0, return_inverse=True)
    head, head_of = np.unique(np.column_stack([middle_of, ids[:, 0]]), axis=0, return_inverse=True)
    # The self-loop of the last state may sit on the target itself when all ways in share it.
    quiet = np.zeros(clg.states, bool)
    quiet[arcs["next"][~speech]] = True
    quiet[clg.start] = True
    alone = (np.bincount(tail[:, 0], minlength=clg.states) == 1) & ~quiet
    own = ~alone[tail[:, 0]]
    at = clg.states
    tail_state = np.where(own, at + np.cumsum(own) - 1, tail[:, 0])
    at += int(own.sum())
    middle_state = at + np.arange(len(middle))
    head_state = at + len(middle) + np.arange(len(head))
    first, last = 1 + ids[:, 0], tail[:, 1]
    loops = [(head_state, head[:, 1]), (middle_state, middle[:, 1]), (tail_state, last)]
    source = [
        clg.source[speech], clg.source[~speech], head_state, middle_state, tail_state[own], *(s for s, _ in loops),
    ]  # fmt: skip
    after_head, after_middle = middle[head[:, 0]], tail[middle[:, 0]]
    parts = [
        make_arcs(first, arcs["olabel"][speech], arcs["weight"][speech] + cost[first], head_state[head_of]),
        arcs[~speech],
        make_arcs(after_head[:, 1] + 1, 0, cost[after_head[:, 1] + 1], middle_state[head[:, 0]]),
        make_arcs(after_middle[:, 1] + 1, 0, cost[after_middle[:, 1] + 1], tail_state[middle[:, 0]]),
        make_arcs(0, 0, 0.0, tail[own, 0]),
        *(make_arcs(loop, 0, cost[loop], states) for states, loop in loops),
    ]
    final = np.full(at + len(middle) + len(head), np.inf)
    final[: clg.states] = clg.final
    return FstArrays.from_unsorted(clg.start, final, np.concatenate(source), np.concatenate(parts))
