"""A telephone call with the real parts: model, grammar, dialogue, voice and storage, over real sockets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pydantic import SecretStr
from werkzeug.serving import make_server

from server.client.placing import Target, place, transcript
from server.commands.serve import Running
from tests.server.conftest import SECRET
from voice.audio.pcm import read_audio
from voice.settings import ROOT, Settings, default_data_dir

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "audio_samples" / "en"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Target, Running]]:
    database = tmp_path_factory.mktemp("calls") / "calls.db"
    running = Running(
        Settings(
            data_dir=default_data_dir(),  # the model and its graphs are built once for all tests
            database=f"sqlite:///{database}",
            secret_key=SecretStr(SECRET),
            unsigned_local_calls=True,
            audiosocket_port=0,
            shutdown_seconds=1,
        )
    )
    http = make_server("127.0.0.1", 0, running.app, threaded=True)
    http.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    assert running.audiosocket_port is not None
    yield Target(f"http://127.0.0.1:{http.server_port}", running.audiosocket_port), running
    running.close()
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.mark.parametrize("protocol", ["twilio", "audiosocket"])
def test_an_order_by_telephone(target: tuple[Target, Running], protocol: str) -> None:
    where, running = target
    call_id = str(uuid4())
    with place(protocol, where, call_id=call_id) as call:
        assert call.listen(seconds=60).chunk.seconds > 2
        spoken_at = call.speak(read_audio(SAMPLES / "flite-slt" / "two-lattes.wav"))
        answer = call.listen(spoken_at, seconds=90)
        assert answer.latency is not None
        turns = transcript(where, call_id)
    assert turns[1]["kind"] == "speech"
    assert "order.add" in str(turns[1]["understood"])
    milliseconds = turns[1]["milliseconds"]
    assert isinstance(milliseconds, dict)
    assert {"end_of_turn", "recognition", "understanding", "dialogue", "first_audio"} <= milliseconds.keys()
    running.shared.admission.wait_until_empty(30)
    with running.assistant.storage.unit_of_work(read_only=True) as work:
        kept = work.calls.list()
    assert call_id in {record.id for record in kept}
