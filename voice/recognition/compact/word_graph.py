"""From words to phones: the first step of a decoding graph (`voice.recognition.compact.static_graph`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice.recognition.compact.fst_arrays import JUMP, FstArrays, make_arcs
from voice.recognition.compact.lexicon import Lexicon
from voice.recognition.compact.phone_set import PhoneSet
from voice.recognition.compact.ptm import BEGIN, END, INTERNAL, IntArray


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
        one, group = alike(node[row], phone, np.where(ends, 1 + row, 0))  # a whole word keeps an arc of its own
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
    return arc, entry, g.arcs["weight"][arc] + lexicon.cost[entry]


def alike(*keys: IntArray) -> tuple[IntArray, IntArray]:
    """Rows with the same keys, which are numbers from 0: one row of each group in ascending order, each row's group."""
    joined = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        joined = joined * (int(key.max(initial=0)) + 1) + key
    _, one, group = np.unique(joined, return_index=True, return_inverse=True)
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
