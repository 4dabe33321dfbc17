"""Microphone and loudspeaker of this machine, through PortAudio. The only file that imports sounddevice.

Its import fails where PortAudio is not installed, so it is imported when a device is first opened, with a message that
says what to type.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from voice.errors import AudioError
from voice.types import AudioChunk

RATE = 16000
BLOCK = 320
"""Samples a block: 20 ms"""
_QUEUED_BLOCKS = 500
"""Ten seconds: more is old news"""
_SILENT_DEVICE = 3.0
"""Seconds without a block after which the device is taken for lost"""


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device as --list-devices shows it."""

    index: int
    name: str
    inputs: int
    outputs: int
    default: str
    """"in", "out", "in, out" or "" """


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except OSError as error:
        raise AudioError(
            "PortAudio is missing, which microphone and loudspeaker need. Type: sudo apt-get install libportaudio2"
        ) from error
    return sounddevice  # type: ignore[no-any-return]


def list_devices() -> list[Device]:
    """What is plugged in now. Raises AudioError without PortAudio."""
    sounddevice = _sounddevice()
    _rescan(sounddevice)
    standard = tuple(sounddevice.default.device)
    devices = []
    for index, info in enumerate(sounddevice.query_devices()):
        uses = [use for use, chosen in zip(("in", "out"), standard, strict=True) if chosen == index]
        ins, outs = info["max_input_channels"], info["max_output_channels"]
        devices.append(Device(index, info["name"], ins, outs, ", ".join(uses)))
    return devices


def _rescan(sounddevice: ModuleType) -> None:
    """PortAudio lists devices once, when it starts: start it anew. No stream may be open."""
    sounddevice._terminate()
    sounddevice._initialize()


def _failure(what: str, device: str | int | None, error: Exception) -> AudioError:
    name = "the default device" if device is None else f"device '{device}'"
    return AudioError(f"{what}: {name} cannot be used ({error}). See: comanda kiosk --list-devices")


def _close(stream: Any) -> None:
    if stream is not None:
        with contextlib.suppress(_sounddevice().PortAudioError):  # a device that is gone may refuse even that
            stream.close()


class Microphone:
    """Blocks of 20 ms from a device at 16 kHz, mono."""

    rate = RATE

    def __init__(self, device: str | int | None = None) -> None:
        """`device`: index or part of its name; None is the system's default. Open it after the models have loaded."""
        self._device = device
        self._stream: Any = None
        self._blocks: queue.Queue[bytes] = queue.Queue(_QUEUED_BLOCKS)

    def open(self) -> None:
        """Raises AudioError when there is no such device, or it has no input. Open it before the loudspeaker."""
        sounddevice = _sounddevice()
        _rescan(sounddevice)  # it may have been plugged in since
        try:
            self._stream = sounddevice.RawInputStream(
                samplerate=RATE, blocksize=BLOCK, channels=1, dtype="int16", device=self._device,
                callback=self._callback,
            )  # fmt: skip
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise _failure("The microphone is not there", self._device, error) from error

    def _callback(self, data: Any, frames: int, time: Any, status: Any) -> None:
        """Runs in PortAudio's thread: copies, never waits; what nobody takes in time is lost."""
        with contextlib.suppress(queue.Full):
            self._blocks.put_nowait(bytes(data))

    def __iter__(self) -> Iterator[AudioChunk]:
        """Raises AudioError when the device goes away."""
        try:
            while True:
                yield AudioChunk(self._blocks.get(timeout=_SILENT_DEVICE), RATE)
        except queue.Empty:
            raise AudioError("The microphone has gone silent: is it unplugged?") from None

    def discard(self) -> None:
        """Throws away what was captured and not taken yet."""
        while not self._blocks.empty():
            self._blocks.get_nowait()

    def close(self) -> None:
        _close(self._stream)
        self._stream = None
        self.discard()


class Loudspeaker:
    """Plays chunks one after the other in a thread of its own; can be stopped in the middle of a block."""

    def __init__(self, device: str | int | None = None) -> None:
        self._device = device
        self._stream: Any = None
        self._pending = bytearray()
        self._lock = threading.Lock()

    def open(self) -> None:
        """Raises AudioError when there is no such device, or it has no output."""
        sounddevice = _sounddevice()
        try:
            self._stream = sounddevice.RawOutputStream(
                samplerate=RATE, blocksize=BLOCK, channels=1, dtype="int16", device=self._device,
                callback=self._callback,
            )  # fmt: skip
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise _failure("The loudspeaker is not there", self._device, error) from error

    def _callback(self, out: Any, frames: int, time: Any, status: Any) -> None:
        size = 2 * frames
        with self._lock:
            block = bytes(self._pending[:size])
            del self._pending[:size]
        out[:] = block + b"\0" * (size - len(block))

    def play(self, chunk: AudioChunk) -> None:
        """Queues a chunk of 16 kHz. Raises AudioError when the device has gone away."""
        if self._stream is None or not self._stream.active:
            raise AudioError("The loudspeaker has gone: is it unplugged?")
        with self._lock:
            self._pending += chunk.pcm

    def stop(self) -> None:
        """Silence at once; what was queued is dropped."""
        with self._lock:
            self._pending.clear()

    @property
    def busy(self) -> bool:
        with self._lock:
            return bool(self._pending)

    def close(self) -> None:
        _close(self._stream)
        self._stream = None
        self.stop()
