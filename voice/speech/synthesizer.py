"""Words to speech: the shop's recording if there is one, else the cache, else pyttsx3 with espeak-ng."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from voice.audio import pcm
from voice.audio.resample import resample
from voice.errors import SpeechError
from voice.language import Language
from voice.settings import Settings
from voice.speech import loudness
from voice.speech.cache import SpeechCache
from voice.speech.pyttsx3_worker import RATE as ENGINE_RATE
from voice.speech.recordings import find_recordings, normalise
from voice.speech.text import has_words, sanitise, split_sentences
from voice.speech.worker import Worker
from voice.types import AudioChunk

SLOWEST, FASTEST = 80, 400
"""Words a minute that espeak-ng still says clearly"""


class Synthesizer:
    """One voice of one language. Thread-safe; the process behind it starts with the first sentence not in the cache."""

    def __init__(
        self, settings: Settings, language: Language, *, recordings: Mapping[str, Path] | None = None
    ) -> None:
        """`recordings`: prompt text -> WAV file; None reads the settings' folder. Raises SpeechError, AudioError."""
        if recordings is None:
            recordings = find_recordings(settings.recordings) if settings.recordings else {}
        self._recordings = {normalise(text): pcm.read_audio(path) for text, path in recordings.items()}
        self._voice = settings.voice or str(language.topics.get("voice", {}).get("espeak", language.code))
        self._words_a_minute = settings.speech_rate
        self._pause = settings.speech_pause
        self._cache = SpeechCache(settings.cache_dir / "speech", settings.speech_cache_mb)
        self.worker = Worker(settings.speech_deadline)

    def speak(self, text: str, rate: int, speed: float = 1.0, *, private: bool = False) -> AudioChunk:
        """`text` as s16le mono at `rate` hertz (usually 8,000 or 16,000), `speed` 1 normal, 0.8 slower.

        Trimmed, levelled and followed by the settings' pause; empty audio for a text without words. `private` keeps
        the audio off the disk (names, addresses, numbers). Raises SpeechError when the voice fails.
        """
        if not 4000 <= rate <= 192_000:
            raise SpeechError(f"Speech cannot be made at {rate} Hz. Ask for 8000 or 16000.")
        if (recording := self._recordings.get(normalise(text))) is not None:
            return self._finish(recording, rate)
        pieces = [self._piece(piece, rate, speed, private) for piece in split_sentences(sanitise(text))]
        return AudioChunk(b"".join(piece.pcm for piece in pieces), rate)

    def _piece(self, text: str, rate: int, speed: float, private: bool) -> AudioChunk:
        if not has_words(text):
            return AudioChunk(b"", rate)
        words_a_minute = round(min(max(self._words_a_minute * speed, SLOWEST), FASTEST))
        key = SpeechCache.key("pyttsx3-espeak", self._voice, words_a_minute, text, rate, self._pause)
        if (cached := self._cache.get(key, private=private)) is not None:
            return cached
        spoken = AudioChunk(self.worker.speak(text, self._voice, words_a_minute), ENGINE_RATE)
        chunk = self._finish(spoken, rate)
        self._cache.put(key, chunk)
        return chunk

    def _finish(self, chunk: AudioChunk, rate: int) -> AudioChunk:
        levelled = loudness.level(resample(chunk, rate))
        return AudioChunk(levelled.pcm + pcm.silence(self._pause, rate).pcm, rate)

    def close(self) -> None:
        """Ends the voice's process."""
        self.worker.close()

    def __enter__(self) -> Synthesizer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
