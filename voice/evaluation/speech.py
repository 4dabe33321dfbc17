"""`comanda evaluate speech`: how well this shop's callers are heard and understood, on recordings of the operator's."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voice.audio.pcm import read_audio
from voice.commands.counting import counted
from voice.errors import AudioError
from voice.evaluation.degrade import SYNTHETIC, Degradation, degrade
from voice.evaluation.metrics import Score, word_errors
from voice.evaluation.report import Outcome, group, write_report
from voice.evaluation.samples import Sample, as_written, read_samples, same_meaning
from voice.language import load_language
from voice.recognition.service import RecognitionService
from voice.settings import load_settings
from voice.shop.catalogue import load_catalogue
from voice.types import Interpretation, Understood, Utterance
from voice.understanding.understander import Understander


class Bench:
    """The shop's own recogniser and understanding, as calls use them."""

    def __init__(self, catalogue: Path | None, language: str, console: Console, refusing: bool = True) -> None:
        """`refusing`: whether speech that fits the grammar badly is refused, as in calls."""
        settings = load_settings().model_copy(update={"language": language})
        if not refusing:
            settings = settings.model_copy(update={"refuse_below": 0.0})
        shop = load_catalogue(catalogue or settings.catalogue)
        with console.status("loading") as status:
            self.service = RecognitionService(
                settings, shop, language, lambda step, done: status.update(f"{step} {done:.0%}")
            )
        self.settings = settings
        self.understander = Understander(shop, load_language(language))
        self.defaults = {product.id: product.default_variant for product in shop.products}

    def take(self, sample: Sample, condition: Degradation) -> Outcome:
        """Recognises and understands one recording under one condition."""
        audio = degrade(read_audio(sample.path), condition, seed=f"{sample.id} {sample.speaker}")
        began = time.process_time()
        utterance = self.service.recognize(audio, sample.expectation)
        found = self.interpret(sample, utterance)
        busy = time.process_time() - began
        wanted = sample.means
        if wanted is None:
            wanted = as_written(self.interpret(sample, Utterance.typed(sample.words)))
        heard = found.text if isinstance(found, Understood) else utterance.text
        right = same_meaning(wanted, found, self.defaults)
        return Outcome(
            sample, condition, audio, heard, right, word_errors(sample.words, heard), wanted, as_written(found), busy,
            utterance, found,
        )  # fmt: skip

    def interpret(self, sample: Sample, utterance: Utterance) -> Interpretation:
        last = sample.lines[-1].id if sample.lines else None
        return self.understander.interpret(utterance, sample.expectation, sample.lines, last)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--catalogue", type=click.Path(path_type=Path), help="The shop; the one of the settings by default.")
@click.option("--language", default="en", show_default=True)
@click.option("--noise", "noises", multiple=True, help=f"A WAV, or one of {', '.join(SYNTHETIC)}; may be repeated.")
@click.option("--snr", default="6,9,12,15,18,21,24", show_default=True, help="Decibels, for --noise.")
@click.option("--channel", type=click.Choice(["direct", "phone"]), default="direct", show_default=True)
@click.option("--gain", default=0.0, help="Decibels by which the recording is made louder.")
@click.option("--loss", default=0.0, help="Share of packets lost on the way, 0 to 1.")
@click.option("--every", default=1, help="Only every n-th recording.")
@click.option("--out", type=click.Path(path_type=Path), help="One JSON object a recording and condition.")
@click.option("--html", type=click.Path(path_type=Path), help="A report with plots and the audio to listen to.")
def speech(
    folder: Path, catalogue: Path | None, language: str, noises: Sequence[str], snr: str, channel: str, gain: float,
    loss: float, every: int, out: Path | None, html: Path | None,
) -> None:  # fmt: skip
    """Recognise and understand the recordings that FOLDER/samples.yaml lists, and count what came out right."""
    console = Console()
    samples = read_samples(folder, language)[:: max(1, every)]
    if not samples:
        raise AudioError(f"{folder} lists no recording in '{language}'. Name its language with --language.")
    plain = Degradation(channel="phone" if channel == "phone" else None, gain_db=gain, packet_loss=loss)
    conditions = [plain, *noisy(plain, noises, snr)]
    bench = Bench(catalogue, language, console)
    work = [(sample, condition) for condition in conditions for sample in samples]
    outcomes = [bench.take(*one) for one in track(work, "recognising", console=Console(stderr=True), transient=True)]
    _print(console, outcomes)
    if out:
        _write_rows(outcomes, out)
    if html:
        write_report(outcomes, html, f"{counted(len(samples), 'recording')} of {folder.name}")
        console.print(f"The report is in {html}", soft_wrap=True)


def noisy(plain: Degradation, noises: Sequence[str], levels: str) -> Iterator[Degradation]:
    """A condition for each noise and level. Raises AudioError for a noise that is neither a WAV nor a known kind."""
    try:
        snrs = [float(level) for level in levels.split(",")]
    except ValueError as error:
        raise AudioError(f"--snr {levels}: expected decibels with commas between, like 6,12,18.") from error
    for noise in noises:
        source = next((kind for kind in SYNTHETIC if kind == noise), None) or read_audio(Path(noise))
        for level in snrs:
            yield replace(plain, noise=source, snr=level)


def _print(console: Console, outcomes: Sequence[Outcome]) -> None:
    for name, scores in (
        ("condition", group(outcomes, lambda o: o.condition.label)),
        ("speaker", group(outcomes, lambda o: o.sample.speaker)),
        ("sound", group(outcomes, lambda o: o.sample.sound)),
    ):
        if name == "condition" or len(scores) > 1:
            console.print(_table(name, scores))
    confusions = sum((s.confusions for s in group(outcomes, lambda o: "").values()), Counter[tuple[str, str]]())
    for (said, heard), times in confusions.most_common(10):
        console.print(f"{times:4} x  {said or '(nothing)'} -> {heard or '(nothing)'}", highlight=False)


def _table(name: str, scores: dict[str, Score]) -> Table:
    table = Table(name, "commands", "right", "word errors", "real-time factor")
    for label, s in scores.items():
        table.add_row(
            label, str(s.commands), f"{s.accuracy:.1%}", f"{s.word_error_rate:.1%}", f"{s.real_time_factor:.2f}"
        )
    return table


def _write_rows(outcomes: Sequence[Outcome], out: Path) -> None:
    rows = (
        {
            "id": o.sample.id, "speaker": o.sample.speaker, "condition": o.condition.label, "said": o.sample.words,
            "heard": o.heard, "right": o.right, "understood": list(o.got),
        }
        for o in outcomes
    )  # fmt: skip
    try:
        out.write_text("".join(json.dumps(r, ensure_ascii=False, default=str) + "\n" for r in rows), encoding="utf-8")
    except OSError as error:
        raise AudioError(f"{out} cannot be written: {error.strerror or error}. Name another file.") from error
