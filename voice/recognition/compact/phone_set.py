"""Position-dependent phones, triphone symbols and Kaldi's transition model, derived from a PTM model.

Kaldi knows a phone by its position in the word (AA_B, AA_I, AA_E, AA_S). A *symbol* is what a decoding graph is made of
before it is expanded to HMM states: a pair (phone, senone sequence), shared by all triphones that sound alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from voice.recognition.compact import kaldi_io as kaldi
from voice.recognition.compact.ptm import BEGIN, END, INTERNAL, SINGLE, FloatArray, IntArray, PtmModel

POSITION_SUFFIX = {BEGIN: "B", INTERNAL: "I", END: "E", SINGLE: "S"}
BOUNDARY_NAME = {BEGIN: "begin", INTERNAL: "internal", END: "end", SINGLE: "singleton"}
STATES = 3
"""HMM states a phone"""


@dataclass(frozen=True, eq=False)
class PhoneSet:
    """Numbers phones and triphone symbols; phone 0 and symbol 0 are epsilon."""

    model: PtmModel

    @cached_property
    def _phones(self) -> list[tuple[int, int]]:
        """(CI phone, position) by phone number less one; -1 is the position of silence and noises."""
        fillers = [(int(c), -1) for c in np.flatnonzero(self.model.is_filler)]
        fillers.sort(key=lambda p: p[0] != self.model.silence)
        positions = (BEGIN, INTERNAL, END, SINGLE)
        return fillers + [(int(c), p) for c in self.model.real_phones for p in positions]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Phone names by number; the first is <eps>."""
        ci = self.model.ci_phones
        return ("<eps>", *(ci[c] if p < 0 else f"{ci[c]}_{POSITION_SUFFIX[p]}" for c, p in self._phones))

    @cached_property
    def ci(self) -> IntArray:
        """(phones + 1,): the CI phone of each phone."""
        return np.array([self.model.silence] + [c for c, _ in self._phones])

    @cached_property
    def position(self) -> IntArray:
        """(phones + 1,): the position in the word of each phone, -1 for silence and noises."""
        return np.array([-1] + [p for _, p in self._phones])

    @cached_property
    def number(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @property
    def silence(self) -> int:
        return self.number[self.model.ci_phones[self.model.silence]]

    @cached_property
    def word_boundaries(self) -> str:
        """Kaldi's word_boundary.int."""
        names = [BOUNDARY_NAME.get(int(p), "nonword") for p in self.position[1:]]
        return "".join(f"{i} {name}\n" for i, name in enumerate(names, 1))

    @cached_property
    def _sequence(self) -> IntArray:
        """(phones + 1, CI left, CI right): the senone sequence of each triphone."""
        context = np.where(self.model.is_filler, self.model.silence, np.arange(len(self.model.ci_phones)))
        by_position = _triphone_table(self.model)
        table = np.empty((len(self.names), len(context), len(context)), np.int64)
        for phone, (ci, position) in enumerate(zip(self.ci, self.position, strict=True)):
            if position < 0:
                table[phone] = self.model.ci_sequence[ci]
            else:
                table[phone] = by_position[position, ci][np.ix_(context, context)]
        return table

    @cached_property
    def _pairs(self) -> tuple[IntArray, IntArray]:
        """Unique (phone, sequence) keys, and the place of each triphone's key among them."""
        size = len(self.model.sequences)
        phones = np.arange(len(self.names))
        keys = phones[1:, None, None] * size + self._sequence[1:]
        free = phones[1:] * size + self.model.ci_sequence[self.ci[1:]]  # context-free: for the garbage loop
        unique, inverse = np.unique(np.concatenate([keys.ravel(), free]), return_inverse=True)
        return unique, inverse

    @cached_property
    def symbol(self) -> IntArray:
        """(phones + 1, CI left, CI right): the symbol of each triphone."""
        contexts = len(self.model.ci_phones)
        table = self._pairs[1][: (len(self.names) - 1) * contexts**2].reshape(-1, contexts, contexts) + 1
        return np.concatenate([np.zeros((1, contexts, contexts), np.int64), table])

    @cached_property
    def free_symbol(self) -> IntArray:
        """(phones + 1,): the symbol of each phone in no context."""
        return np.concatenate([[0], self._pairs[1][-(len(self.names) - 1) :] + 1])

    @cached_property
    def symbol_phone(self) -> IntArray:
        """(symbols,): phone of symbol i + 1."""
        phones: IntArray = self._pairs[0] // len(self.model.sequences)
        return phones

    @cached_property
    def symbol_senones(self) -> IntArray:
        """(symbols, 3): senones of symbol i + 1."""
        senones: IntArray = self.model.sequences[self._pairs[0] % len(self.model.sequences)]
        return senones


def _triphone_table(model: PtmModel) -> IntArray:
    """(4 positions, CI base, CI left, CI right): the senone sequence of every triphone, seen in training or not.

    An unseen triphone takes the same context at another position, then silence as the context at the word's edge, then
    the context-independent phone: the order that Sphinx decoders follow.
    """
    size = len(model.ci_phones)
    seen = np.full((4, size, size, size), -1, np.int64)
    base, left, right, position, sequence = model.triphones.T
    seen[position, base, left, right] = sequence
    anywhere = seen.copy()
    for other in (seen[q][None] for q in range(4)):
        anywhere = np.where(anywhere < 0, other, anywhere)
    table = anywhere.copy()
    sil = model.silence
    for p in range(4):
        edge = anywhere[p]
        if p in (BEGIN, SINGLE):
            edge = np.broadcast_to(edge[:, sil : sil + 1, :], edge.shape)
        if p in (END, SINGLE):
            edge = np.broadcast_to(edge[:, :, sil : sil + 1], edge.shape)
        table[p] = np.where(table[p] < 0, edge, table[p])
    return np.where(table < 0, model.ci_sequence[None, :, None, None], table)


@dataclass(frozen=True, eq=False)
class TransitionModel:
    """Kaldi's transition model: two transition-ids for each (phone, state, pdf), the self-loop first."""

    phones: PhoneSet
    pdf_of_senone: IntArray
    """(senones,): pdf-id under which the network puts a senone's score"""

    @cached_property
    def _triples(self) -> tuple[IntArray, IntArray]:
        """(triples, 3) sorted phone, state, pdf; and (symbols, 3) the triple of each symbol's states."""
        phone = np.repeat(self.phones.symbol_phone[:, None], STATES, axis=1)
        state = np.broadcast_to(np.arange(STATES), phone.shape)
        pdf = self.pdf_of_senone[self.phones.symbol_senones]
        rows = np.stack([phone, state, pdf], axis=2).reshape(-1, 3)
        triples, inverse = np.unique(rows, axis=0, return_inverse=True)
        return triples, inverse.reshape(-1, STATES)

    @cached_property
    def self_loops(self) -> IntArray:
        """(symbols, 3): transition-id of each state's self-loop; the id after it leads on to the next state."""
        loops: IntArray = 2 * self._triples[1] + 1
        return loops

    @property
    def transition_ids(self) -> int:
        """How many there are; they count from 1."""
        return 2 * len(self._triples[0])

    @cached_property
    def log_probabilities(self) -> FloatArray:
        """(transition-ids + 1,), natural logarithm; the first is unused."""
        triples = self._triples[0]
        model = self.phones.model
        rows = model.transitions[model.ci_transition[self.phones.ci[triples[:, 0]]], triples[:, 1]]
        stay = rows[np.arange(len(rows)), triples[:, 1]]
        logs = np.log(np.stack([stay, 1 - stay], axis=1))
        return np.concatenate([[0.0], logs.ravel()])

    def to_bytes(self) -> bytes:
        """The <TransitionModel> of a Kaldi model file."""
        triples = self._triples[0]
        body = b"".join(kaldi.integer(int(v)) for v in triples.ravel())
        return (
            kaldi.token("<TransitionModel>") + self._topology() + kaldi.token("<Triples>") + kaldi.integer(len(triples))
            + body + kaldi.token("</Triples>") + kaldi.token("<LogProbs>") + kaldi.vector(self.log_probabilities)
            + kaldi.token("</LogProbs>") + kaldi.token("</TransitionModel>")
        )  # fmt: skip

    def _topology(self) -> bytes:
        """One entry for the phones of each CI phone, whose three states loop or go on."""
        phones = self.phones
        entries = list(dict.fromkeys(int(c) for c in phones.ci[1:]))
        entry_of = [-1] + [entries.index(int(c)) for c in phones.ci[1:]]
        out = kaldi.token("<Topology>") + kaldi.integers(range(1, len(phones.names))) + kaldi.integers(entry_of)
        out += kaldi.integer(len(entries))
        for ci in entries:
            matrix = phones.model.transitions[phones.model.ci_transition[ci]]
            out += kaldi.integer(STATES + 1)
            for state in range(STATES):
                out += kaldi.integer(state) + kaldi.integer(2)
                for target in (state, state + 1):
                    out += kaldi.integer(target) + kaldi.real(float(matrix[state, target]))
            out += kaldi.integer(-1) + kaldi.integer(0)
        return out + kaldi.token("</Topology>")
