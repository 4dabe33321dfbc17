"""The kiosk on virtual sound devices: PulseAudio's null sinks, reached through PortAudio and ALSA as real ones are.

Skips where PulseAudio and its ALSA plug-in are not installed (Debian: pulseaudio pulseaudio-utils libasound2-plugins
libportaudio2). Runs in a process of its own, because ALSA reads its configuration once a process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from voice.audio import pcm
from voice.audio.microphone import RATE
from voice.types import AudioChunk

pytestmark = [
    pytest.mark.skipif(
        not all(map(shutil.which, ("pulseaudio", "pactl", "paplay", "parec"))), reason="PulseAudio is not installed"
    ),
    pytest.mark.xdist_group("sound"),
]

ASOUNDRC = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"

PROGRAM = """
import sys, threading, time
from pathlib import Path
from voice.assistant import Assistant
from voice.audio.microphone import Loudspeaker, Microphone
from voice.kiosk import Button, Kiosk
from voice.settings import Settings

greeted = []
def button():
    return Button.QUIT if greeted and time.monotonic() > greeted[0] + float(sys.argv[2]) else Button.NOTHING
def show(shown):
    greeted.append(time.monotonic())
    print(shown.kind, shown.text, flush=True)
with Assistant.open(Settings(data_dir=Path(sys.argv[1]))) as assistant:
    Kiosk(assistant, Microphone(), Loudspeaker(), show=show, button=button).run()
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """A home with a sound server of its own: sink `spk` is the loudspeaker, sink `mic` feeds the microphone."""
    (tmp_path / ".asoundrc").write_text(ASOUNDRC)
    tmp_path.chmod(0o700)
    environ = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    server = start_server(environ)
    if not has_default_device(environ):
        server.kill()
        server.wait()
        pytest.skip("ALSA's PulseAudio plug-in is not installed")
    yield environ
    subprocess.run(["pulseaudio", "--kill"], env=environ, check=False, capture_output=True)
    server.wait(10)


def start_server(environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    modules = ["module-native-protocol-unix", "module-null-sink sink_name=spk", "module-null-sink sink_name=mic"]
    loads = [argument for module in modules for argument in ("-L", module)]
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", *loads]
    server = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    for setting in (["set-default-source", "mic.monitor"], ["set-default-sink", "spk"]):
        for _ in range(100):
            if subprocess.run(["pactl", *setting], env=environ, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)
    return server


def has_default_device(environ: Mapping[str, str]) -> bool:
    program = "import sounddevice; sounddevice.check_input_settings(); sounddevice.check_output_settings()"
    tried = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, check=False)
    return tried.returncode == 0


def run_kiosk(environ: Mapping[str, str], folder: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), str(seconds)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_the_greeting_comes_out_of_the_loudspeaker(environment: Mapping[str, str], tmp_path: Path) -> None:
    with (tmp_path / "heard.raw").open("wb") as heard:
        recorder = subprocess.Popen(
            ["parec", "--device=spk.monitor", f"--rate={RATE}", "--channels=1", "--format=s16le"],
            env=environment, stdout=heard,
        )  # fmt: skip
        kiosk = run_kiosk(environment, tmp_path / "data", 12)
        out, errors = kiosk.communicate(timeout=120)
        recorder.terminate()
        recorder.wait()
    assert kiosk.returncode == 0, errors
    assert out.startswith("turn"), errors
    audio = AudioChunk((tmp_path / "heard.raw").read_bytes()[: 2 * RATE * 60], RATE)
    blocks = [audio.pcm[at : at + RATE] for at in range(0, len(audio.pcm) - RATE, RATE)]
    assert sum(pcm.level_db(block) > -35 for block in blocks) >= 4, "at least two seconds of speech"


@pytest.mark.slow
def test_a_sound_server_that_dies_is_waited_for(environment: Mapping[str, str], tmp_path: Path) -> None:
    kiosk = run_kiosk(environment, tmp_path / "data", 25)
    assert kiosk.stdout is not None
    assert kiosk.stdout.readline().startswith("turn")
    time.sleep(1)
    subprocess.run(["pulseaudio", "--kill"], env=environment, check=True)
    assert kiosk.stdout.readline().startswith("device_lost")
    server = start_server(environment)
    out, errors = kiosk.communicate(timeout=120)
    assert "device_back" in out, errors
    subprocess.run(["pulseaudio", "--kill"], env=environment, check=False)
    server.wait(10)
