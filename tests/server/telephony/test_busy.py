"""Callers for whom there is no line: told so, passed on where the shop wants that, never left hanging."""

from __future__ import annotations

import json
import socket
from uuid import uuid4

import pytest

from server.telephony.audiosocket import frame
from tests.server.conftest import Server, until
from tests.server.telephony.test_calls import placed
from voice.errors import SpeechError
from voice.types import AudioChunk


def test_beyond_the_limit_a_caller_hears_the_busy_message(server: Server) -> None:
    server.shared.admission.limit = 1
    with placed(server, "audiosocket") as first:
        until(lambda: first.recording.seconds > 0.1)
        with placed(server, "audiosocket") as second:
            until(lambda: second.ended)
            assert any(second.recording.pcm)
        assert not first.ended
        answer = server.app.test_client().post("/telephony/twilio/voice", data={"CallSid": "CA9"}).text
        assert "<Say>" in answer
        assert "<Stream" not in answer
    server.wait_for_calls(0)
    assert server.app.test_client().get("/ready").status_code == 200


def test_beyond_the_limit_without_a_voice_the_call_is_ended_in_good_order(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(text: str, rate: int) -> AudioChunk:
        raise SpeechError("made to fail")

    monkeypatch.setattr(server.assistant, "say", fails)
    server.shared.admission.limit = 0
    with socket.create_connection(("127.0.0.1", server.audiosocket_port), timeout=5) as peer:
        peer.sendall(frame(0x01, uuid4().bytes) + frame(0x10, bytes(320)))
        assert peer.recv(100) == frame(0x00)
        assert peer.recv(100) == b""


def test_beyond_the_limit_a_caller_is_passed_on_where_the_shop_wants_that(server: Server) -> None:
    server.shared.settings = server.shared.settings.model_copy(update={"when_full": "transfer"})
    server.shared.admission.limit = 1
    client, call_id = server.app.test_client(), str(uuid4())
    with placed(server, "audiosocket") as first:
        until(lambda: first.recording.seconds > 0.1)
        with placed(server, "audiosocket", call_id) as second:
            until(lambda: second.ended)
            assert not any(second.recording.pcm)
        assert client.get(f"/telephony/audiosocket/next?call={call_id}").text == "transfer"
        for provider in ("twilio", "plivo"):
            answer = client.post(f"/telephony/{provider}/voice", data={"CallSid": "CA9", "CallUUID": "CA9"}).text
            assert "+390212345" in answer and "<Stream" not in answer
        (action,) = json.loads(client.get("/telephony/vonage/answer?uuid=u1").text)
        assert action["endpoint"] == [{"type": "phone", "number": "390212345"}]
        assert not first.ended
