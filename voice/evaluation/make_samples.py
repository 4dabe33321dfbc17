"""Makes the WAVs that audio_samples/samples.yaml lists, or the same words in every voice.

    python -m voice.evaluation.make_samples                     # what the manifest lists and is not there
    python -m voice.evaluation.make_samples --again             # all of it
    python -m voice.evaluation.make_samples --all-voices DIR    # each sample in every voice, clean, to measure with:
    comanda evaluate speech --catalogue voice/shop/demo/catalogue.yaml DIR

Needs the command `flite` (Debian: apt-get install flite) for its voices; espeak-ng comes with the project.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml
from rich.progress import track

from voice.audio import pcm, riff
from voice.audio.resample import resample
from voice.commands.counting import counted
from voice.errors import AudioError, SpeechError
from voice.evaluation.degrade import Degradation, degrade
from voice.settings import ROOT
from voice.speech import loudness
from voice.speech.pyttsx3_worker import RATE as ESPEAK_RATE
from voice.speech.worker import Worker
from voice.types import AudioChunk

MANIFEST = ROOT / "audio_samples" / "samples.yaml"
RATE = 16000
VOICES: Mapping[str, str] = {
    "flite-slt": "slt", "flite-rms": "rms", "flite-awb": "awb", "flite-kal16": "kal16",
    "espeak-en-us": "gmw/en-us", "espeak-en-gb": "gmw/en", "espeak-en-gb-scotland": "gmw/en-gb-scotland",
    "espeak-en-gb-rp": "gmw/en-gb-x-rp", "espeak-en-us-nyc": "gmw/en-us-nyc",
}  # fmt: skip
SOUNDS: Mapping[str, Degradation] = {
    "clean": Degradation(),
    "phone": Degradation(channel="phone"),
    "noisy": Degradation(noise="babble", snr=15),
}
_WORDS_A_MINUTE = 160
_BEFORE, _AFTER = 0.3, 0.5
_ROOM_DB = -62.0
"""Noise of a quiet room, decibels of full scale: no microphone delivers digital silence"""


@dataclass(frozen=True, slots=True)
class Recording:
    """One WAV to be made."""

    path: Path
    words: str
    voice: str
    sound: str


class Speaker:
    """Speaks with any of VOICES."""

    def __init__(self) -> None:
        self._espeak = Worker(deadline=10)

    def speak(self, words: str, voice: str) -> AudioChunk:
        """At RATE hertz, levelled, in a quiet room. Raises SpeechError saying what is missing."""
        if voice not in VOICES:
            raise SpeechError(f"There is no voice '{voice}'. Known: {', '.join(VOICES)}.")
        if voice.startswith("espeak"):
            spoken = AudioChunk(self._espeak.speak(words, VOICES[voice], _WORDS_A_MINUTE), ESPEAK_RATE)
        else:
            spoken = _flite(words, VOICES[voice])
        silence = pcm.silence(_BEFORE, RATE).pcm, pcm.silence(_AFTER, RATE).pcm
        quiet = np.frombuffer(silence[0] + loudness.level(resample(spoken, RATE)).pcm + silence[1], "<i2")
        room = np.random.default_rng(len(words)).normal(0, 32768 * 10 ** (_ROOM_DB / 20), len(quiet))
        return AudioChunk(np.clip(np.rint(quiet + room), -32768, 32767).astype("<i2").tobytes(), RATE)

    def close(self) -> None:
        self._espeak.close()


def _flite(words: str, voice: str) -> AudioChunk:
    if shutil.which("flite") is None:
        raise SpeechError("The command flite is missing. Type: apt-get install flite")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        subprocess.run(["flite", "-voice", voice, "-t", words, "-o", str(path)], check=True, capture_output=True)
        return pcm.read_audio(path)


def load_manifest(path: Path = MANIFEST) -> Mapping[str, Any]:
    """`samples` and `calls` as the file's header describes them. Raises AudioError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise AudioError(f"{path} cannot be read: {error}") from error
    return data if isinstance(data, dict) else {}


def sample_path(sample: Mapping[str, Any], folder: Path) -> Path:
    return folder / str(sample["voice"]) / f"{sample['id']}.wav"


def call_paths(call: Mapping[str, Any], folder: Path) -> list[Path]:
    """One WAV a turn."""
    return [folder / call["id"] / f"{n}.wav" for n, _ in enumerate(call["turns"], 1)]


def recordings(manifest: Mapping[str, Any], folder: Path) -> Iterator[Recording]:
    for sample in manifest["samples"]:
        yield Recording(sample_path(sample, folder), sample["words"], sample["voice"], sample["sound"])
    for call in manifest.get("calls", ()):
        for path, turn in zip(call_paths(call, folder), call["turns"], strict=True):
            yield Recording(path, turn["words"], call["voice"], call["sound"])


def in_every_voice(manifest: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A manifest of the samples' sentences in every voice, in a quiet room."""
    return {
        "samples": [
            {**sample, "id": f"{sample['id']}-{sample['voice']}", "voice": voice, "sound": "clean"}
            for voice in VOICES
            for sample in manifest["samples"]
        ]
    }


def make(recording: Recording, speaker: Speaker) -> None:
    """Writes the WAV: 16-bit, or mu-law for telephone sound. Raises SpeechError, AudioError."""
    chunk = degrade(speaker.speak(recording.words, recording.voice), SOUNDS[recording.sound], str(recording.path.name))
    recording.path.parent.mkdir(parents=True, exist_ok=True)
    phone = recording.sound == "phone"
    data = riff.g711_wav_bytes(chunk.pcm, chunk.rate) if phone else riff.wav_bytes(chunk.pcm, chunk.rate)
    pcm.write_atomically(recording.path, data)


@click.command()
@click.option("--again", is_flag=True, help="Make files anew that are there already.")
@click.option("--all-voices", type=click.Path(path_type=Path), help="Each sample in every voice, into this folder.")
@click.option("--language", default="en", show_default=True)
def main(again: bool, all_voices: Path | None, language: str) -> None:
    """Makes the WAVs that audio_samples/samples.yaml lists."""
    manifest, folder = load_manifest(), all_voices or MANIFEST.parent
    if all_voices:
        manifest = in_every_voice(manifest)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST.name).write_text(yaml.safe_dump(manifest, sort_keys=False), encoding="utf-8")
    wanted = recordings(manifest, folder / language)
    missing = [recording for recording in wanted if again or not recording.path.exists()]
    speaker = Speaker()
    try:
        for recording in track(missing, "Speaking", disable=not missing):
            make(recording, speaker)
    finally:
        speaker.close()
    click.echo(f"Made: {counted(len(missing), 'recording')}.")


if __name__ == "__main__":
    main()
