"""The caller's audio on disk: once he has agreed, without card numbers, and as long as his call's record is kept."""

from __future__ import annotations

import logging
import wave
from pathlib import Path
from typing import TYPE_CHECKING

from voice.audio.resample import Resampler
from voice.dialogue.privacy import MASK, holds_card_number
from voice.settings import Settings
from voice.shop.recordings import UNFINISHED, erase, new_name
from voice.shop.storage import Storage
from voice.types import AudioChunk, Utterance

if TYPE_CHECKING:
    from voice.dialogue.session import Session

logger = logging.getLogger(__name__)

BEST_RATE = 16000
"""Hertz; a browser's 48,000 would treble the file for nothing"""
MAX_TURN_SECONDS = 120
"""Audio between two turns that is held until it is known what was said in it; older is dropped"""


class Recorder:
    """One call's recording, written turn by turn: what was said decides whether a turn's audio is kept or silenced.

    Used by the conversation's thread until `close`. A disk that fails costs the recording, never the call.
    """

    def __init__(self, settings: Settings, storage: Storage, session: Session, rate: int) -> None:
        """`rate`: hertz of the audio to come."""
        self._wanted = settings.recording == "ask"
        self._folder, self._storage, self._session = settings.call_audio_dir, storage, session
        self._rate = min(rate, BEST_RATE)
        self._resampler = Resampler(rate, self._rate) if rate != self._rate else None
        self._heard = bytearray()
        self._before: tuple[str, bytes] = ("", b"")
        """Words and audio of the turn before, not written yet: a card number may go on in this one"""
        self._file: wave.Wave_write | None = None
        self._path = Path()

    def hear(self, chunk: AudioChunk) -> None:
        """Audio as it comes. Before consent none is held, not even in memory."""
        if not self._wanted or not self._session.recording_consent:
            return
        self._heard += self._resampler.process(chunk.pcm) if self._resampler else chunk.pcm
        del self._heard[: -2 * self._rate * MAX_TURN_SECONDS]

    def turn_taken(self, said: Utterance) -> None:
        """The audio since the last turn was this. A consent taken back takes back what was recorded."""
        if not self._wanted:
            return
        audio, self._heard = bytes(self._heard), bytearray()
        if not self._session.recording_consent:
            self.discard()
            return
        words, before = self._before
        secret = self._is_secret(said, words)
        self._write(bytes(len(before)) if secret else before)
        self._before = ("", bytes(len(audio))) if secret else (said.text, audio)

    def _is_secret(self, said: Utterance, words_before: str) -> bool:
        """A card number was spoken (maybe begun in the turn before), or keys were pressed, whose tones are numbers."""
        readings = [f"{words_before} {hypothesis.text}" for hypothesis in said.hypotheses]
        language = self._session.language
        return said.kind == "dtmf" or any(MASK in text or holds_card_number(text, language) for text in readings)

    def close(self) -> str:
        """Ends the recording; its name for the call's record, "" if there is none. What nobody understood any more,
        the caller having hung up in mid-sentence, is not kept: it may be a number."""
        if self._wanted:
            self._write(self._before[1])
        self._before, self._wanted = ("", b""), False
        if self._file is None:
            return ""
        self._end_file()
        return self._path.name

    def publish(self) -> None:
        """The call's record names it now, if there is one."""
        if not self._path.name:
            return
        try:
            self._path.with_name(self._path.name + UNFINISHED).rename(self._path)
        except OSError as error:
            logger.error("A recording could not be kept: %s", error.strerror)

    def discard(self) -> None:
        """Erases what was recorded."""
        self._before = ("", b"")
        if self._file is not None:
            self._end_file()
            erase(self._path.with_name(self._path.name + UNFINISHED))
            self._path = Path()

    def _write(self, audio: bytes) -> None:
        if not audio:
            return
        try:
            if self._file is None:
                self._file = self._begin_file()
            self._file.writeframes(audio)
        except OSError as error:
            logger.error("A call is recorded no longer: %s. See to the disk of %s.", error.strerror, self._folder)
            self._wanted = False

    def _begin_file(self) -> wave.Wave_write:
        """Only this system's user may read it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = self._folder / new_name(self._storage)
        unfinished = self._path.with_name(self._path.name + UNFINISHED)
        unfinished.touch(mode=0o600)
        file: wave.Wave_write = wave.open(str(unfinished), "wb")  # noqa: SIM115, it outlives this function
        file.setparams((1, 2, self._rate, 0, "NONE", ""))
        return file

    def _end_file(self) -> None:
        assert self._file is not None
        file, self._file = self._file, None
        try:
            file.close()
        except OSError as error:
            logger.error("The end of a recording could not be written: %s", error.strerror)
