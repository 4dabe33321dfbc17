"""Builds the graph of a look-ahead model (in the compiler's process)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from pocketsphinx import Config, LogMath, NGramModel

from voice.recognition.compact.builder import embedded_transitions
from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.compact.lookahead_graph import lookahead_graph
from voice.recognition.compact.ptm import wheel_model_folder
from voice.recognition.lookahead_model import FINISHED, GARBAGE, LookaheadJob, convert
from voice.recognition.openfst import vector_bytes
from voice.recognition.pronunciation import Pronouncer, wheel_dictionary
from voice.recognition.word_grammar import word_grammar


def compile_lookahead(job: LookaheadJob, tell: Callable[[str, float], None]) -> None:
    """Writes HCLr.fst, words.txt, disambig_tid.int and a Gr.fst of single words into the job's folder."""
    tell("vocabulary", 0.0)
    pronouncer = Pronouncer.for_catalogue(job.catalogue)
    grammar = word_grammar(job.catalogue)
    own = [w for i, w in enumerate(grammar.words, 1) if i != grammar.garbage]
    ways = {w: pronouncer.pronounce(w).ways for w in dict.fromkeys([*own, *frequent_words(job.words)])}
    words = [w for w, found in ways.items() if found]
    transitions = embedded_transitions()
    tell("word tree", 0.2)
    graph = lookahead_graph({i: ways[w] for i, w in enumerate(words, 2)}, transitions, garbage=1)
    tell("look-ahead graph", 0.7)
    draft = (job.target / FINISHED).with_name("HCL.fst")
    draft.write_bytes(graph.to_bytes())
    new = convert(draft, job.target / FINISHED)
    draft.unlink()
    numbers = {w: new[i] for i, w in enumerate([GARBAGE, *words], 1)}
    _write_words(job, numbers)
    (job.target / "graph" / "disambig_tid.int").write_text(f"{transitions.transition_ids + 1}\n", encoding="ascii")
    tell("look-ahead graph", 1.0)


def frequent_words(count: int) -> list[str]:
    """The dictionary's words that the wheel's language model takes for the likeliest."""
    model = NGramModel(Config(), LogMath(), str(wheel_model_folder() / "en-us.lm.bin"))
    words = [w for w in wheel_dictionary() if w[0].isalpha()]
    return sorted(words, key=lambda w: (-model.prob([w]), w))[:count]


def _write_words(job: LookaheadJob, numbers: dict[str, int]) -> None:
    """words.txt, and the grammar that the model has by itself: any words, all equally likely."""
    rows = sorted(numbers.items(), key=lambda row: row[1])
    text = "<eps> 0\n" + "".join(f"{word} {number}\n" for word, number in rows)
    (job.target / "graph" / "words.txt").write_text(text, encoding="utf-8")
    (job.target / "graph" / "Gr.fst").write_bytes(vector_bytes(_any_words([n for _, n in rows])))


def _any_words(numbers: Sequence[int]) -> FstArrays:
    arcs = make_arcs(numbers, numbers, math.log(len(numbers)), 0)
    return FstArrays(0, np.zeros(1, np.float32), np.zeros(len(arcs), np.int64), arcs)
