"""WAV files in the place of microphone and loudspeaker, for machines without sound and for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from voice.audio import pcm
from voice.audio.resample import resample
from voice.types import AudioChunk

RATE = 16000
_BLOCK = 640  # bytes: 20 ms


class FileMicrophone:
    """Speaks the files in turn, each followed by enough silence to end a turn. Ends after the last."""

    rate = RATE

    def __init__(self, paths: Sequence[Path], pause: float = 2.5) -> None:
        """`pause`: seconds of silence after each file. Raises AudioError for a file that cannot be used."""
        self._audio = [resample(pcm.read_audio(path), RATE) for path in paths]
        self._pause = pause

    def open(self) -> None:
        """There is nothing to open."""

    def __iter__(self) -> Iterator[AudioChunk]:
        for chunk in self._audio:
            silence = pcm.silence(self._pause, RATE).pcm
            data = pcm.silence(0.5, RATE).pcm + chunk.pcm + silence
            for start in range(0, len(data), _BLOCK):
                yield AudioChunk(data[start : start + _BLOCK], RATE)

    def discard(self) -> None:
        """A file waits by itself."""

    def close(self) -> None:
        """There is nothing to close."""


class FileLoudspeaker:
    """Takes what is played at once, and writes each answer as a WAV into a folder if one is given."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._answer = b""
        self._count = 0

    def open(self) -> None:
        """There is nothing to open."""

    def play(self, chunk: AudioChunk) -> None:
        self._answer += chunk.pcm

    def stop(self) -> None:
        """It has been played already."""

    @property
    def busy(self) -> bool:
        """Never: files need no time to be played. The moment somebody asks, an answer has been played to its end."""
        if self._answer and self._folder is not None:
            self._count += 1
            self._folder.mkdir(parents=True, exist_ok=True)
            pcm.write_wav(self._folder / f"answer-{self._count}.wav", AudioChunk(self._answer, RATE))
        self._answer = b""
        return False

    def close(self) -> None:
        """There is nothing to close."""
