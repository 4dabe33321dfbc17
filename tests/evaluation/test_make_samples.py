"""The recordings that a manifest asks for."""

from __future__ import annotations

from pathlib import Path

from voice.evaluation.make_samples import VOICES, in_every_voice, load_manifest, recordings


def test_every_sentence_is_wanted_in_every_voice_once() -> None:
    manifest = load_manifest()
    wanted = list(recordings(in_every_voice(manifest), Path("all")))
    assert len({recording.path for recording in wanted}) == len(wanted) == len(VOICES) * len(manifest["samples"])
    said = {sample["words"] for sample in manifest["samples"]}
    assert {r.words for r in wanted if r.voice == "espeak-en-gb"} == said
