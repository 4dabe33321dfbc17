"""`comanda demo`: recorded calls through the whole assistant, without a microphone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import yaml
from rich.console import Console

from voice.assistant import Assistant
from voice.audio.pcm import read_audio, write_wav
from voice.commands.steps import Steps
from voice.dialogue.context import words_of
from voice.dialogue.session import Session
from voice.errors import AudioError
from voice.settings import ROOT, Settings, load_settings
from voice.shop.catalogue import load_catalogue
from voice.shop.display import money
from voice.shop.storage import Storage
from voice.types import AudioChunk, Turn, Understood

SAMPLES = ROOT / "audio_samples"
RATE = 16000
"""Hertz of the answers that are written"""


@click.command()
@click.option("--call", "only", help="One call of audio_samples/samples.yaml by its id.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where the answers go as WAV.")
def demo(only: str | None, out: Path | None) -> None:
    """Play recorded calls through the whole assistant.

    Each turn is shown: heard, understood, cart, said, and the milliseconds of each step. The answers are written as
    WAV files; the orders go to a database beside them, never among the shop's own.
    """
    settings = load_settings()
    folder = out or settings.data_dir / "demo"
    console = Console(highlight=False)
    calls = [call for call in read_calls() if only in (None, call["id"])]
    if not calls:
        raise click.BadParameter(f"no call '{only}' in {SAMPLES / 'samples.yaml'}", param_hint="--call")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AudioError(f"{folder} cannot be made: {error.strerror}. Name another folder with --out.") from error
    database = f"sqlite:///{folder / 'orders.db'}"
    with Stage(settings, Storage(database), console) as stage:
        for call in calls:
            stage.play(call, folder / call["id"])
    console.print(f"\nThe answers are in {folder}. The orders, apart from the shop's own:", soft_wrap=True)
    console.print(f"COMANDA_DATABASE={database} comanda orders list", soft_wrap=True)


def read_calls() -> list[dict[str, Any]]:
    """The calls of the samples' manifest. Raises AudioError where the samples are missing."""
    manifest = SAMPLES / "samples.yaml"
    if not manifest.is_file():
        raise AudioError(f"{manifest} is missing. Run `comanda demo` in a clone of the project.")
    calls: list[dict[str, Any]] = yaml.safe_load(manifest.read_text(encoding="utf-8"))["calls"]
    return calls


class Stage:
    """The assistant, and the clock that each call sets to its own time."""

    def __init__(self, settings: Settings, storage: Storage, console: Console) -> None:
        self.now = datetime(2026, 1, 1)
        self.console = console
        self.progress = Steps(console)
        self.assistant = Assistant(settings, load_catalogue(), storage, lambda: self.now, self.progress.show)

    def play(self, call: Mapping[str, Any], folder: Path) -> None:
        self.now = datetime.fromisoformat(str(call["at"]))
        self.console.rule(f"{call['id']}: {call['channel']}, {call['voice']}, {call['sound']}")
        session, turn = self.assistant.start(call["channel"])
        self._said(session, turn, folder, 0)
        for number, expected in enumerate(call["turns"], 1):
            chunk = read_audio(SAMPLES / "en" / call["id"] / f"{number}.wav")
            started = perf_counter()
            utterance = self.assistant.recognize(session, chunk)
            recognised = (perf_counter() - started) * 1000
            turn = self.assistant.take_turn(session, utterance)
            turn = _with_time(turn, recognised)
            self.console.print(f"[bold]caller>[/bold] {turn.utterance.text or '(nothing heard)'}", soft_wrap=True)
            if turn.utterance.text != plain(expected["words"]):
                self.console.print(f"[dim]        said: {expected['words']}[/dim]", soft_wrap=True)
            self._said(session, turn, folder, number)
            if turn.reply.action != "listen":
                break
        self.assistant.hang_up(session)

    def _said(self, session: Session, turn: Turn, folder: Path, number: int) -> None:
        started = perf_counter()
        chunks = list(self.assistant.speak(turn, RATE))
        milliseconds = {**turn.milliseconds, "synthesis": (perf_counter() - started) * 1000}
        folder.mkdir(parents=True, exist_ok=True)
        write_wav(folder / f"{number}.wav", AudioChunk(b"".join(chunk.pcm for chunk in chunks), RATE))
        if number:
            understood = turn.interpretation
            names = [i.name for i in understood.intents] if isinstance(understood, Understood) else ["not understood"]
            self.console.print(f"[dim]understood[/dim] {', '.join(names)}")
            self.console.print(f"[dim]cart      [/dim] {self._cart(session)}", soft_wrap=True)
        self.console.print(f"[cyan]comanda>[/cyan] {' '.join(turn.sentences)}", soft_wrap=True)
        self.console.print("[dim]" + "  ".join(f"{step} {ms:.0f} ms" for step, ms in milliseconds.items()) + "[/dim]")

    def _cart(self, session: Session) -> str:
        engine = self.assistant.engine(session.language)
        lines = [engine.prompts.wording.item(words_of(engine.catalogue, line)) for line in session.cart.lines]
        if not lines:
            return f"empty; order {session.order_number} is placed" if session.order_number else "empty"
        total = session.told.total if session.told else None
        return "; ".join(lines) + (f" = {money(total, engine.catalogue.shop)}" if total is not None else "")

    def __enter__(self) -> Stage:
        with self.progress:  # building the model and the graphs is what takes long, the first time
            self.assistant.prepare()
        return self

    def __exit__(self, *_: object) -> None:
        self.assistant.close()


def plain(words: str) -> str:
    """Words as the recogniser writes them."""
    return " ".join("".join(c for c in word if c.isalnum() or c == "'") for word in words.lower().split())


def _with_time(turn: Turn, recognised: float) -> Turn:
    return replace(turn, milliseconds={"recognition": recognised, **turn.milliseconds})
