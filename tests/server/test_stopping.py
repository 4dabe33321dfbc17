"""Ctrl-C, as a terminal sends it: to the server and to every process it started."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from server.client.placing import Target, place
from tests.server.conftest import SECRET
from voice.settings import ROOT, default_data_dir

pytestmark = pytest.mark.slow


def start(port: int, database: Path, command: tuple[str, ...]) -> subprocess.Popen[str]:
    environment = os.environ | {
        "COMANDA_DATA_DIR": str(default_data_dir()),  # the model and its graphs are built once for all tests
        "COMANDA_DATABASE": f"sqlite:///{database}", "COMANDA_PORT": str(port), "COMANDA_SHUTDOWN_SECONDS": "30",
        "COMANDA_UNSIGNED_LOCAL_CALLS": "1", "COMANDA_SECRET_KEY": SECRET, "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", "from voice.cli import main; main()", *command], env=environment, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def until(server: subprocess.Popen[str], pattern: str) -> str:
    """What the server prints, up to the line that fits."""
    assert server.stdout is not None
    printed = ""
    for line in server.stdout:
        printed += line
        if re.search(pattern, line):
            return printed
    raise AssertionError(printed)


@pytest.mark.parametrize("command", [("run",), ("serve", "--production")], ids=" ".join)
def test_ctrl_c_waits_for_the_call_and_a_second_one_does_not(tmp_path: Path, command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with start(port, tmp_path / "calls.db", command) as server:
        try:
            until(server, rf"http://localhost:{port}")
            with place("twilio", Target(f"http://127.0.0.1:{port}")) as call:
                assert call.listen(seconds=60).chunk.seconds > 2
                os.killpg(server.pid, signal.SIGINT)
                until(server, r"Waiting up to 30 s for 1 call to end.*Ctrl-C again")
                assert server.poll() is None
                os.killpg(server.pid, signal.SIGINT)
                assert server.stdout is not None
                told = server.stdout.read()
        finally:
            server.kill()
    assert not re.search("WARNING|ERROR|Traceback|Aborted", told)
    assert server.returncode == 0
