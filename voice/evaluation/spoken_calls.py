"""The simulated callers aloud: several voices, telephone quality, the real recogniser."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from itertools import cycle

from voice.assistant import Assistant
from voice.commands.steps import Steps
from voice.dialogue.session import Session
from voice.evaluation.calls import IN_MEMORY, Call, business_hour, simulate
from voice.evaluation.degrade import Degradation, degrade
from voice.evaluation.make_samples import VOICES, Speaker
from voice.settings import Settings
from voice.shop.model import Catalogue
from voice.shop.storage import Storage
from voice.types import Utterance

LINE = Degradation(channel="phone")


def voices_here() -> tuple[str, ...]:
    """espeak-ng's come with the project; flite's only where Debian's package is installed."""
    return tuple(voice for voice in VOICES if voice.startswith("espeak") or shutil.which("flite"))


class Ears:
    """Speaks a caller's words in the caller's voice, sends them down a telephone line and has them recognised."""

    def __init__(self, assistant: Assistant, speaker: Speaker, voices: Sequence[str] = ()) -> None:
        self._assistant, self._speaker = assistant, speaker
        self._next = cycle(voices or voices_here())
        self._voice: dict[str, str] = {}
        """Session -> voice: a caller keeps it for the whole call"""

    def __call__(self, session: Session, said: Utterance) -> Utterance:
        if said.kind != "text":
            return said
        voice = self._voice.setdefault(session.id, next(self._next))
        chunk = degrade(self._speaker.speak(said.text, voice), LINE, said.text)
        return self._assistant.recognize(session, chunk)


def simulate_spoken(
    catalogue: Catalogue, settings: Settings, callers: int, seed: int, steps: Steps
) -> list[Call]:
    """As `simulate`, by telephone. Raises ModelError and SpeechError."""
    at: datetime = business_hour(catalogue)
    speaker = Speaker()
    with Assistant(settings, catalogue, Storage(IN_MEMORY), lambda: at, steps.show) as assistant:
        try:
            with steps:
                assistant.prepare()
            return simulate(catalogue, settings, callers, seed, Ears(assistant, speaker), assistant)
        finally:
            speaker.close()
