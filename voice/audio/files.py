"""WAV files in the place of microphone and loudspeaker, for machines without sound and for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from voice.audio import pcm
from voice.audio.resample import resample
from voice.errors import AudioError
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
    """Has played everything at once, and writes each sentence as a WAV into a folder if one is given."""

    busy = False

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._count = 0

    def open(self) -> None:
        """There is nothing to open."""

    def play(self, chunk: AudioChunk) -> None:
        """Raises AudioError when the folder cannot be written."""
        if self._folder is None or not chunk.pcm:
            return
        self._count += 1
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AudioError(f"{self._folder} cannot be made: {error.strerror}. Choose another folder.") from error
        pcm.write_wav(self._folder / f"said-{self._count:03}.wav", chunk)

    def stop(self) -> None:
        """It has been played already."""

    def close(self) -> None:
        """There is nothing to close."""
