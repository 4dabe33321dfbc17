"""The voice's own process: pyttsx3 with the espeak-ng that the espeakng-loader wheel brings.

A process of its own because pyttsx3 segfaults or deadlocks when two threads use it, keeps only the last of two files
saved before one `runAndWait`, and prints to standard output. Started as `python -m voice.speech.pyttsx3_worker FOLDER`;
FOLDER takes one temporary file.

Protocol on standard input and output: every message is a big-endian 32-bit length and that many bytes. A request is
JSON {"text", "voice", "rate"} (rate in words a minute); an answer is one status byte, "+" with s16le mono samples at
22,050 Hz or "-" with an error in UTF-8. The first answer, unasked, says that the voice is ready.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
import threading
import wave
from pathlib import Path
from typing import Any, BinaryIO

RATE = 22050
"""Hertz of espeak-ng's output"""


def read_message(stream: BinaryIO) -> bytes | None:
    """One message, or None at the end of the stream, even in the middle of a message."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = struct.unpack(">I", head)[0]
    body = stream.read(size)
    return body if len(body) == size else None


def write_message(stream: BinaryIO, body: bytes) -> None:
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def _private_output() -> BinaryIO:
    """Standard output for our messages alone: whatever prints gets the null device instead."""
    private = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    return private


def _start_engine() -> Any:
    """pyttsx3 on the wheel's espeak-ng; pyttsx3 itself looks for a system library only."""
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    loader = ctypes.cdll.LoadLibrary
    ctypes.cdll.LoadLibrary = lambda name: library  # type: ignore[method-assign]
    try:
        import pyttsx3

        return pyttsx3.init("espeak")
    finally:
        ctypes.cdll.LoadLibrary = loader  # type: ignore[method-assign]


class Voice:
    """The engine with the checks that pyttsx3 leaves out."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "utterance.wav"
        self._engine = _start_engine()
        from pyttsx3.drivers import _espeak  # can be imported only after the engine has found the library

        self._synchronize = _espeak.Synchronize
        self._finished = threading.Event()
        self._engine.connect("finished-utterance", lambda name, completed: self._finished.set())
        self._voices = [str(voice.id) for voice in self._engine.getProperty("voices")]

    def resolve(self, name: str) -> str:
        """A voice's full id by that id or its last part: "it" finds "roa/it". Raises LookupError."""
        wanted = name.lower()
        for voice in self._voices:
            if voice == wanted or voice.rsplit("/", 1)[-1] == wanted:
                return voice
        raise LookupError(f"espeak-ng has no voice '{name}'")

    def speak(self, text: str, voice: str, rate: int) -> bytes:
        proxy = self._engine.proxy
        proxy.setBusy(False)  # properties are set now, not in the middle of the synthesis
        self._engine.setProperty("voice", self.resolve(voice))
        self._engine.setProperty("rate", rate)
        self._synchronize()
        # Commands wait until runAndWait() starts. Left idle, pyttsx3 would run its closing "end loop" at once, which
        # cancels the synthesis.
        proxy.setBusy(True)
        self._finished.clear()
        self._engine.save_to_file(text, str(self._file))
        self._engine.runAndWait()
        # espeak-ng works in a thread of its own and runAndWait() returns after 10 ms, done or not. The thread reports
        # the end before it has cleaned up behind itself, hence the second wait. The parent's deadline bounds both.
        self._finished.wait()
        self._synchronize()
        with wave.open(str(self._file), "rb") as file:
            return file.readframes(file.getnframes())


def main() -> None:
    output = _private_output()
    source = sys.stdin.buffer
    try:
        voice = Voice(Path(sys.argv[1]))
    except Exception as error:
        write_message(output, b"-" + str(error).encode())
        return
    write_message(output, b"+")
    while (message := read_message(source)) is not None:
        try:
            answer = b"+" + voice.speak(**json.loads(message))
        except Exception as error:  # whatever pyttsx3 raises goes to the parent, which decides
            answer = b"-" + f"{type(error).__name__}: {error}".encode()
        write_message(output, answer)


if __name__ == "__main__":
    main()
