"""Compiles one decoding graph: a process of its own, started by `voice.recognition.graph`.

Reads a pickled job from standard input, writes its files into the job's folder and a line "stage fraction" for each
step to standard output.
"""

from __future__ import annotations

import json
import pickle
import sys
from collections import Counter
from collections.abc import Mapping

from voice.language import load_language
from voice.recognition.accents import Accents
from voice.recognition.compact.builder import embedded_transitions
from voice.recognition.compact.frequent_words import frequent_words
from voice.recognition.compact.lexicon import Lexicon, Pronunciation
from voice.recognition.compact.phone_set import PhoneSet
from voice.recognition.compact.ptm import wheel_model_folder
from voice.recognition.compact.static_graph import static_graph
from voice.recognition.compact.word_loop import LABEL, loop_graph
from voice.recognition.graph import Job, LoopJob
from voice.recognition.lookahead_compiler import compile_lookahead
from voice.recognition.lookahead_model import LookaheadJob
from voice.recognition.overlay import OverlayJob
from voice.recognition.overlay_compiler import compile_overlay
from voice.recognition.pronunciation import Pronouncer, wheel_dictionary
from voice.recognition.word_grammar import WordGrammar, word_grammar

_IN_OTHER_ACCENTS = 1500
"""So many of a grammar's words, those used oftenest: the others of a huge catalogue are told by those beside them"""


def main() -> None:
    job = pickle.load(sys.stdin.buffer)
    if isinstance(job, OverlayJob):
        compile_overlay(job, _tell)
    elif isinstance(job, LookaheadJob):
        compile_lookahead(job, _tell)
    elif isinstance(job, LoopJob):
        compile_loop(job)
    else:
        compile_graph(job)


def compile_graph(job: Job) -> None:
    _tell("grammar", 0.0)
    grammar = word_grammar(job.catalogue, job.language, job.state)
    transitions = embedded_transitions()
    _tell("grammar", 1.0)
    lexicon = _lexicon(job, grammar, transitions.phones)
    graph = static_graph(grammar.acceptor, lexicon, transitions, grammar.garbage, on_progress=_tell)
    folder = job.target / "graph"
    folder.mkdir(exist_ok=True)
    (folder / "words.txt").write_text(lexicon.symbol_table(), encoding="utf-8")
    (folder / "HCLG.fst").write_bytes(graph.to_bytes())
    facts = {"words": grammar.words, "garbage": grammar.words[grammar.garbage - 1]}
    (job.target / "grammar.json").write_text(json.dumps(facts), encoding="utf-8")
    (job.target / "grammar.fst").write_bytes(grammar.acceptor.to_bytes())


def _lexicon(job: Job, grammar: WordGrammar, phones: PhoneSet) -> Lexicon:
    pronouncer = Pronouncer.for_catalogue(job.catalogue)
    accents = Accents(pronouncer, load_language(job.language))
    uses = Counter(grammar.acceptor.arcs["ilabel"].tolist())
    words = sorted(range(1, len(grammar.words) + 1), key=lambda word: -uses[word])[:_IN_OTHER_ACCENTS]
    others = {w: accents.ways(w, job.state) for w in (grammar.words[i - 1] for i in words if i != grammar.garbage)}
    return Lexicon.build(pronunciations(grammar, pronouncer), phones, others)


def compile_loop(job: LoopJob) -> None:
    _tell("other speech", 0.0)
    dictionary = wheel_dictionary()
    words = [w for w in frequent_words(wheel_model_folder() / "en-us.lm.bin") if w in dictionary][: job.words]
    graph = loop_graph((way for word in words for way in dictionary[word]), embedded_transitions())
    folder = job.target / "graph"
    folder.mkdir(exist_ok=True)
    (folder / "words.txt").write_text(f"<eps> 0\n{LABEL} 1\n", encoding="utf-8")
    (folder / "HCLG.fst").write_bytes(graph.to_bytes())
    _tell("other speech", 1.0)


def pronunciations(grammar: WordGrammar, pronouncer: Pronouncer) -> Mapping[str, tuple[Pronunciation, ...]]:
    """Every word of the grammar with the ways to say it; the garbage word is spelled out by the graph itself."""
    return {w: () if i == grammar.garbage else pronouncer.pronounce(w).ways for i, w in enumerate(grammar.words, 1)}


def _tell(stage: str, fraction: float) -> None:
    print(stage, f"{fraction:.3f}", flush=True)


if __name__ == "__main__":
    main()
