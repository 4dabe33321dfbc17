"""Compiles a shop's grammar for a dynamic-graph model (in the compiler's process)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from voice.phonetics import word_phonemes
from voice.recognition.arpabet import from_arpabet, to_ipa
from voice.recognition.compact.fst_arrays import JUMP, FstArrays, make_arcs
from voice.recognition.openfst import vector_bytes
from voice.recognition.overlay import REPLACED, UNKNOWN_WORDS, OverlayJob, graph_part, model_words, words_key
from voice.recognition.pronunciation import given_pronunciations, reading_languages, wheel_dictionary, word_ipa
from voice.recognition.replacement import SoundIndex
from voice.recognition.vosk_words import PART
from voice.recognition.word_grammar import WordGrammar, word_grammar

GARBAGE_COST = 5.0
"""Negative log probability: words that are heard as others fit worse, so garbage must not win against them"""
Tell = Callable[[str, float], None]
Ways = tuple[tuple[int, ...], ...]
"""The ways to hear one word, each a sequence of the model's word numbers"""


def compile_overlay(job: OverlayJob, tell: Tell) -> None:
    """Writes Gr.fst, words.txt, the grammar and what was replaced into the job's folder."""
    tell("grammar", 0.0)
    grammar = word_grammar(job.catalogue, job.language, job.state)
    tell("grammar", 1.0)
    known = model_words(job.model)
    replaced = _replacements(job, grammar, known, tell)
    ways = _ways(grammar, known, replaced)
    table = dict(known)
    outputs = [table.setdefault(word, max(known.values()) + 1 + i) for i, word in enumerate([PART, *grammar.words])]
    graph = graph_part(job.target)
    rules = overlay(grammar.acceptor, ways, outputs)
    if replaced:
        rules.arcs["weight"][rules.arcs["olabel"] == outputs[grammar.garbage]] += GARBAGE_COST
    (graph / "Gr.fst").write_bytes(vector_bytes(rules))
    text = "<eps> 0\n" + "".join(f"{w} {i}\n" for w, i in sorted(table.items(), key=lambda row: row[1]))
    (graph / "words.txt").write_text(text, encoding="utf-8")
    (job.target / REPLACED).write_text(json.dumps(replaced), encoding="utf-8")
    (job.target / "grammar.fst").write_bytes(grammar.acceptor.to_bytes())
    facts = {"words": grammar.words, "garbage": grammar.words[grammar.garbage - 1]}
    (job.target / "grammar.json").write_text(json.dumps(facts), encoding="utf-8")


def overlay(acceptor: FstArrays, ways: Mapping[int, Ways], outputs: Sequence[int]) -> FstArrays:
    """The grammar with the model's words in and the shop's words out.

    `ways`: by the grammar's word number; words without any are left out. `outputs`: the label of what goes on a word,
    then that of each word of the grammar.
    """
    label, weight = acceptor.arcs["ilabel"].copy(), acceptor.arcs["weight"]
    label[label == JUMP] = 0
    plain = np.full(len(outputs), -1)
    plain[0] = 0
    for word, found in ways.items():
        if len(found) == 1 and len(found[0]) == 1:
            plain[word] = found[0][0]
    out = np.array([0, *outputs[1:]])
    direct = plain[label] >= 0
    arcs = make_arcs(plain[label], out[label], weight, acceptor.arcs["next"])
    source, parts, states = [acceptor.source[direct]], [arcs[direct]], acceptor.states
    for i in np.flatnonzero(~direct):
        found = ways.get(int(label[i]), ())
        for way in found:
            inner = list(range(states, states + len(way) - 1))
            states += len(inner)
            olabels = [int(out[label[i]])] + [outputs[0]] * len(inner)
            cost = [float(weight[i]) + math.log(len(found))] + [0.0] * len(inner)
            source.append(np.array([acceptor.source[i], *inner]))
            parts.append(make_arcs(way, olabels, cost, [*inner, acceptor.arcs["next"][i]]))
    final = np.full(states, np.inf)
    final[: acceptor.states] = acceptor.final
    return FstArrays.from_unsorted(acceptor.start, final, np.concatenate(source), np.concatenate(parts))


def _ways(grammar: WordGrammar, known: Mapping[str, int], replaced: Mapping[str, Sequence[str]]) -> dict[int, Ways]:
    """How the model hears each word of the grammar: as itself, as other words, or not at all."""
    folded = {word.lower(): number for word, number in known.items()} | dict(known)
    ways: dict[int, Ways] = {}
    for number, word in enumerate(grammar.words, 1):
        names = UNKNOWN_WORDS if number == grammar.garbage else (word,)
        if found := [folded[name] for name in names if name in folded]:
            ways[number] = ((found[0],),)
        elif texts := replaced.get(word):
            ways[number] = tuple(tuple(known[w] for w in text.split()) for text in texts)
    return ways


def _replacements(
    job: OverlayJob, grammar: WordGrammar, known: Mapping[str, int], tell: Tell
) -> dict[str, tuple[str, ...]]:
    """The words that the model does not know -> the nearest-sounding word sequences, one for each way to say it."""
    folded = {word.lower() for word in known}
    unknown = [w for i, w in enumerate(grammar.words, 1) if i != grammar.garbage and w not in folded]
    if not unknown:
        return {}
    tell("the model's words", 0.0)
    index = _sounds(job, known)
    given = given_pronunciations(job.catalogue)
    wanted = {word: _sounds_of(word, given.get(word, ()), job.language) for word in unknown}
    return index.replacements(wanted, tell)


def _sounds(job: OverlayJob, known: Mapping[str, int]) -> SoundIndex:
    """The sounds of the model's words, kept beside the graphs for the next one."""
    file = job.target.parent / f"sounds-{words_key(known, job.language)}.json"
    if file.is_file():
        return SoundIndex.from_json(file.read_text(encoding="utf-8"))
    index = SoundIndex.build(known, job.language)
    draft = job.target / file.name
    draft.write_text(index.to_json(), encoding="utf-8")
    draft.replace(file)
    return index


def _sounds_of(word: str, given: Sequence[str], language: str) -> list[tuple[str, ...]]:
    """IPA phones of a word: as the owner says, else as espeak-ng reads it."""
    if given:
        arpabet = [(text, from_arpabet(text)) for text in given]
        return [to_ipa(phones) if phones else word_ipa(text) for text, phones in arpabet]
    plain = language == "en" and word in wheel_dictionary()  # an English word, never read as Italian
    languages = (language,) if plain else reading_languages(word, language)
    readings = [word_phonemes(word, code) for code in languages]
    return [r for r in dict.fromkeys(readings) if r]
