"""The HTML report of `comanda evaluate speech`: one file to read, and a folder of WAVs beside it to listen to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from voice.audio.pcm import write_wav
from voice.errors import AudioError
from voice.evaluation import plots
from voice.evaluation.degrade import Degradation
from voice.evaluation.metrics import Score, WordErrors, wilson
from voice.evaluation.samples import Sample
from voice.types import AudioChunk, Interpretation, Utterance

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #24292f; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
svg { width: 100%; max-width: 46rem; font: 12px system-ui, sans-serif; fill: #24292f }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 } th, td { text-align: left; padding: .3rem .6rem;
border-bottom: 1px solid #d0d7de; vertical-align: top } td.n, th.n { text-align: right }
audio { height: 2rem; width: 15rem }
code { font-size: .85em; overflow-wrap: anywhere }
"""
_AUDIO_AT_MOST = 300


@dataclass(frozen=True)
class Outcome:
    """What became of one recording under one condition."""

    sample: Sample
    condition: Degradation
    audio: AudioChunk
    heard: str
    right: bool
    errors: WordErrors
    wanted: Sequence[Mapping[str, Any]]
    got: Sequence[Mapping[str, Any]]
    busy: float
    """Processor seconds"""
    utterance: Utterance
    interpretation: Interpretation


def group(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Score]:
    """Scores by whatever `key` tells, in the order of first appearance."""
    scores: dict[str, Score] = {}
    for o in outcomes:
        scores.setdefault(key(o), Score()).add(o.right, o.errors, o.audio.seconds, o.busy)
    return scores


def write_report(outcomes: Sequence[Outcome], out: Path, title: str) -> None:
    """Writes `out`, and what was misunderstood as WAVs in a folder of its name. Raises AudioError."""
    folder = out.with_suffix("")
    wrong = [o for o in outcomes if not o.right]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = [_save(o, folder, n) for n, o in enumerate(wrong[:_AUDIO_AT_MOST])]
        body = [
            f"<h1>{escape(title)}</h1>",
            _summary(group(outcomes, lambda o: o.condition.label), "condition"),
            _noise_plot(outcomes),
            *(_section(name, group(outcomes, key)) for name, key in _GROUPS.items()),
            _confusions(outcomes),
            _mistakes(wrong, files, out.parent),
        ]
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        out.write_text(f"{page}<style>{_STYLE}</style>{''.join(body)}</html>", encoding="utf-8")
    except OSError as error:
        raise AudioError(f"{out} cannot be written: {error.strerror or error}. Name another file.") from error


_GROUPS: dict[str, Callable[[Outcome], str]] = {
    "speaker": lambda o: o.sample.speaker or "unnamed",
    "sound of the recording": lambda o: o.sample.sound or "unnamed",
}


def _save(outcome: Outcome, folder: Path, number: int) -> Path:
    path = folder / f"{number:03}.wav"
    write_wav(path, outcome.audio)
    return path


def _summary(scores: Mapping[str, Score], by: str) -> str:
    rows = []
    for name, s in scores.items():
        low, high = wilson(s.right, s.commands)
        rows.append(
            f'<tr><td>{escape(name)}<td class="n">{s.commands}<td class="n">{s.accuracy:.1%} ({low:.1%} to {high:.1%})'
            f'<td class="n">{s.word_error_rate:.1%}<td class="n">{s.real_time_factor:.2f}'
        )
    head = f'<tr><th>{by}<th class="n">commands<th class="n">right (95 %)<th class="n">word errors<th class="n">RTF'
    return f"<table>{head}{''.join(rows)}</table>"


def _noise_plot(outcomes: Sequence[Outcome]) -> str:
    noisy = [o for o in outcomes if o.condition.noise is not None]
    if len({o.condition.snr for o in noisy}) < 2:
        return ""
    by_level = group(noisy, lambda o: str(o.condition.snr))
    series = {
        "commands right": [(float(snr), s.accuracy) for snr, s in by_level.items()],
        "word errors": [(float(snr), s.word_error_rate) for snr, s in by_level.items()],
    }
    return "<h2>By noise</h2>" + plots.lines(series, "signal to noise, dB", "share")


def _section(name: str, scores: Mapping[str, Score]) -> str:
    if len(scores) < 2:
        return ""
    ordered = dict(sorted(scores.items(), key=lambda item: item[1].accuracy))
    values = {n: (s.accuracy, wilson(s.right, s.commands)) for n, s in ordered.items()}
    return f"<h2>By {name}</h2>{plots.bars(values, f'commands right by {name}')}{_summary(ordered, name)}"


def _confusions(outcomes: Sequence[Outcome]) -> str:
    total: Counter[tuple[str, str]] = Counter()
    for score in group(outcomes, lambda o: o.condition.label).values():
        total.update(score.confusions)
    rows = (
        f'<tr><td>{escape(said or "(nothing)")}<td>{escape(heard or "(nothing)")}<td class="n">{n}'
        for (said, heard), n in total.most_common(30)
    )
    return f'<h2>Confusions</h2><table><tr><th>said<th>heard<th class="n">times{"".join(rows)}</table>' if total else ""


def _mistakes(wrong: Sequence[Outcome], files: Sequence[Path], base: Path) -> str:
    if not wrong:
        return "<h2>Misunderstood</h2><p>Nothing.</p>"
    rows = []
    for outcome, file in zip(wrong, files, strict=False):
        link = quote(file.relative_to(base).as_posix())
        rows.append(
            f'<tr><td><audio controls preload="none" src="{link}"></audio><br>{escape(outcome.sample.speaker)}, '
            f"{escape(outcome.condition.label)}<td>{escape(outcome.sample.words)}<br><i>{escape(outcome.heard)}</i>"
            f"<td><code>{_plain(outcome.wanted)}</code><br><code>{_plain(outcome.got)}</code>"
        )
    more = f"<p>{len(wrong) - len(files)} more are not shown.</p>" if len(wrong) > len(files) else ""
    head = "<tr><th>recording<th>said, <i>heard</i><th>meant, understood"
    return f"<h2>Misunderstood</h2><table>{head}{''.join(rows)}</table>{more}"


def _plain(meaning: Sequence[Mapping[str, Any]]) -> str:
    return escape(json.dumps(list(meaning), ensure_ascii=False, default=str))
