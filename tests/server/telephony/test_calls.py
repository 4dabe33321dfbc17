"""Calls over real sockets: greeting, turns, marks, barge-in, keys, hand-over, and each way a peer can misbehave."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from typing import Any
from uuid import uuid4

import pytest
import websocket

from server.client.dialects import DIALECTS
from server.client.placed_call import PlacedCall
from server.client.placing import PROTOCOLS, Target, place
from server.telephony.audiosocket import frame
from server.telephony.inbox import MAX_AUDIO_SECONDS
from tests.server.conftest import Server, tone, until
from voice.audio.pcm import silence
from voice.types import AudioChunk


def placed(server: Server, protocol: str, call_id: str = "") -> PlacedCall:
    return place(protocol, Target(server.url, server.audiosocket_port), "+390299", call_id or str(uuid4()))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_caller_is_greeted_heard_and_answered(server: Server, protocol: str) -> None:
    with placed(server, protocol) as call:
        greeting = call.listen(settle=0.3)
        assert greeting.chunk.seconds >= 0.6
        spoken = call.speak(AudioChunk(tone(1.0, 8000).pcm + silence(0.1, 8000).pcm, 8000))
        answer = call.listen(spoken, settle=0.3)
        assert answer.latency is not None
    assert [utterance.kind for utterance in server.assistant.turns] == ["speech"]
    assert server.assistant.turns[0].seconds >= 1.0
    until(lambda: 2 in server.assistant.heard_sentences)
    until(lambda: len(server.assistant.hung_up) == 1)
    server.wait_for_calls(0)


def test_a_caller_who_is_cut_off_while_he_speaks_was_not_answered(server: Server) -> None:
    with placed(server, "twilio") as call:
        call.listen(settle=0.3)
        threading.Timer(0.5, server.shared.running()[0].shut_down).start()
        spoken = call.speak(tone(3.0, 8000))
        assert call.ended
        assert call.listen(spoken).latency is None


@pytest.mark.parametrize("protocol", ["twilio", "audiosocket", "chan-websocket", "vonage", "raw"])
def test_a_key_in_mid_prompt_silences_it_and_is_answered(server: Server, protocol: str) -> None:
    server.assistant.sentence_seconds = 5.0
    with placed(server, protocol) as call:
        until(lambda: call.recording.seconds > 0.2)
        call.press("5")
        until(lambda: server.assistant.turns)
        assert server.assistant.turns[0].kind == "dtmf"
        assert server.assistant.turns[0].text == "5"
        assert server.assistant.heard_sentences[0] == 0
        if protocol != "audiosocket":  # which has nothing to clear: what was not sent is not played
            until(lambda: call.cleared == 1)


def test_barge_in_stops_the_prompt_and_tells_what_was_heard(server: Server) -> None:
    server.assistant.sentence_seconds = 4.0
    with placed(server, "twilio") as call:
        until(lambda: call.recording.seconds > 0.5)
        call.speak(tone(1.5, 8000))
        until(lambda: call.cleared >= 1)
        until(lambda: server.assistant.turns)
        assert server.assistant.heard_sentences[0] == 0
        assert server.assistant.turns[0].kind == "speech"


def test_marks_that_come_back_after_clear_say_nothing(server: Server) -> None:
    server.assistant.sentence_seconds = 3.0
    with placed(server, "twilio") as call:
        until(lambda: call.recording.seconds > 0.2)
        call.press("1")
        until(lambda: call.cleared == 1)
        for name in ("0.0", "0.1", "1.0", "never sent"):
            call._link.send(call._dialect.reached(name)[0])
        time.sleep(0.3)
        assert server.assistant.heard_sentences[0] == 0
        assert not call.ended


def test_audiosocket_is_sent_20_ms_at_a_time_and_silence_while_idle(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.audiosocket_port)) as peer:
        peer.sendall(frame(0x01, uuid4().bytes) + frame(0x10, bytes(320)))
        peer.settimeout(2)
        data, began = b"", time.monotonic()
        while time.monotonic() - began < 1.5:
            data += peer.recv(4096)
        frames = data[: len(data) - len(data) % 323]
        assert all(frames[i : i + 3] == b"\x10\x01\x40" for i in range(0, len(frames), 323))
        assert 60 <= len(frames) // 323 <= 82  # 75 at real time
        assert frames[-320:] == bytes(320)


def test_a_wide_band_caller_is_heard_by_the_wide_band_model(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.audiosocket_port)) as peer:
        said = silence(0.2, 16000).pcm + tone(1.0, 16000).pcm + silence(1.2, 16000).pcm
        frames = [frame(0x12, said[start : start + 640]) for start in range(0, len(said), 640)]
        peer.sendall(frame(0x01, uuid4().bytes) + b"".join(frames))
        until(lambda: server.assistant.turns)
        peer.settimeout(2)
        assert peer.recv(3) == b"\x12\x02\x80"
    assert server.assistant.rates == [16000]


def test_a_half_close_hands_the_call_back_and_a_hang_up_frame_ends_it(server: Server) -> None:
    for action, last in (("transfer", b""), ("hang_up", b"\x00\x00\x00")):
        server.assistant.action = action
        with socket.create_connection(("127.0.0.1", server.audiosocket_port)) as peer:
            peer.sendall(frame(0x01, uuid4().bytes) + frame(0x03, b"1"))
            peer.settimeout(10)
            data = b""
            while piece := peer.recv(65536):  # a reset would raise
                data += piece
            rest = len(data) % 323
            assert data[len(data) - rest :] == last


def test_twilio_transfer_dials_the_shop(server: Server) -> None:
    server.assistant.action = "transfer"
    client = server.app.test_client()
    with placed(server, "twilio", "CA7") as call:
        until(lambda: call.recording.seconds > 0.1)
        call.press("0")
        until(lambda: call.ended)
    server.wait_for_calls(0)
    answer = client.post("/telephony/twilio/next", data={"CallSid": "CA7"}).text
    assert "<Dial>+390212345</Dial>" in answer
    assert "<Dial>" not in client.post("/telephony/twilio/next", data={"CallSid": "CA7"}).text


@pytest.mark.parametrize("action", ["transfer", "hang_up"])
@pytest.mark.parametrize(("protocol", "path"), [("audiosocket", "audiosocket"), ("chan-websocket", "asterisk")])
def test_a_dialplan_learns_how_the_call_ended(server: Server, protocol: str, path: str, action: str) -> None:
    server.assistant.action = action
    call_id, client = str(uuid4()), server.app.test_client()
    with placed(server, protocol, call_id) as call:
        until(lambda: call.recording.seconds > 0.1)
        call.press("0")
        until(lambda: call.ended)
    assert client.get(f"/telephony/{path}/next?call={call_id}").text == action
    assert client.get(f"/telephony/{path}/next?call={call_id}").text == "hang_up"  # told once


# --- hostile and broken peers ---


def stream(server: Server, path: str = "twilio") -> Any:
    return websocket.create_connection(f"{server.ws}/telephony/{path}/stream", timeout=10)


def start_frame(call_id: str = "CA1") -> str:
    return str(DIALECTS["twilio"](call_id, {}).open()[1])


def is_closed(ws: Any) -> bool:
    """Whether the server closes within ten seconds."""
    try:
        while ws.recv():
            pass
    except websocket.WebSocketTimeoutException:
        return False
    except (OSError, websocket.WebSocketException):
        return True
    finally:
        ws.shutdown()
    return True


def test_not_json_and_wrong_frames_do_not_end_a_call(server: Server) -> None:
    ws = stream(server)
    for bad in ("not json", "[]", "[" * 10_000, '{"event":"media"}', '{"event":"media","media":{"payload":"**"}}'):
        ws.send(bad)
    ws.send_binary(b"\x00" * 999)
    ws.send(start_frame())
    assert json.loads(ws.recv())["event"] == "media"
    ws.send("again not json")
    server.wait_for_calls(1)
    ws.shutdown()  # abruptly
    server.wait_for_calls(0)
    until(lambda: len(server.assistant.hung_up) == 1)


def test_endless_garbage_is_ended(server: Server) -> None:
    ws = stream(server)
    try:
        for _ in range(600):
            ws.send("garbage")
    except OSError:
        pass
    assert is_closed(ws)
    server.wait_for_calls(0)


def test_an_oversized_message_ends_its_call_only(server: Server) -> None:
    with placed(server, "twilio") as other:
        ws = stream(server)
        ws.send(start_frame("CA2"))
        ws.send('{"event":"media","media":{"payload":"' + "A" * 200_000 + '"}}')
        assert is_closed(ws)
        server.wait_for_calls(1)
        assert other.listen(settle=0.3).chunk.seconds >= 0.6


def test_a_stall_of_the_peer_is_survived(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.audiosocket_port)) as peer:
        peer.sendall(frame(0x01, uuid4().bytes))
        time.sleep(2.2)
        peer.sendall(frame(0x10, tone(0.02, 8000).pcm))
        server.wait_for_calls(1)
        peer.settimeout(2)
        assert peer.recv(10)


def test_audiosocket_bad_frames_split_writes_and_partial_headers(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.audiosocket_port)) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hello = frame(0x01, uuid4().bytes) + frame(0x10, b"") + frame(0x55, b"?") + frame(0x03, b"7")
        for byte in hello:
            peer.sendall(bytes([byte]))
            time.sleep(0.001)
        until(lambda: [u.text for u in server.assistant.turns] == ["7"])
        peer.sendall(b"\x10\x01")  # a header that never ends
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # and a reset
    server.wait_for_calls(0)
    until(lambda: len(server.assistant.hung_up) == 1)


@pytest.mark.parametrize("milliseconds", [1, 500])
def test_packets_of_any_length(server: Server, milliseconds: int) -> None:
    audio = tone(1.0, 8000).pcm + silence(1.4, 8000).pcm
    size = 16 * milliseconds
    with placed(server, "chan-websocket") as call:
        call.listen(settle=0.3)
        for start in range(0, len(audio), size):
            call._link.send(audio[start : start + size])
            time.sleep(milliseconds / 1000 if milliseconds > 100 else 0)
        until(lambda: server.assistant.turns)
        assert server.assistant.turns[0].seconds > 0.9


def test_a_slow_reader_is_given_up_and_others_do_not_suffer(server: Server) -> None:
    server.assistant.sentence_seconds = 600.0
    slow = socket.create_connection(("127.0.0.1", server.audiosocket_port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    slow.sendall(frame(0x01, uuid4().bytes))
    with placed(server, "twilio") as other:
        until(lambda: other.recording.seconds > 1.0)
    slow.close()
    server.wait_for_calls(0)


def test_audio_faster_than_real_time_is_dropped_not_kept(server: Server) -> None:
    server.assistant.delay = 2.0
    with placed(server, "chan-websocket") as call:
        call.press("1")
        for _ in range(300):
            call._link.send(bytes(16000))  # 1 s each
        (running,) = server.shared.running()
        until(lambda: running.inbox.dropped_seconds > 0)
        assert running.inbox.seconds <= MAX_AUDIO_SECONDS


def test_a_thousand_connections_leave_the_server_serving(server: Server) -> None:
    idle = []
    for _ in range(1000):
        try:
            connection = socket.create_connection(("127.0.0.1", server.audiosocket_port), timeout=2)
        except OSError:
            break
        idle.append(connection)
    client = server.app.test_client()
    assert client.get("/health").status_code == 200
    for connection in idle:
        connection.close()
    server.wait_for_calls(0)
    with placed(server, "twilio") as call:
        assert call.listen(settle=0.3).chunk.seconds >= 0.6


def test_a_failing_assistant_apologises_and_ends_that_call_only(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with placed(server, "twilio") as call:
        call.listen(settle=0.3)
        server.assistant.fails = True
        call.press("1")
        until(lambda: call.ended)
    assert "made to fail" in caplog.text
    server.assistant.fails = False
    with placed(server, "twilio") as call:
        assert call.listen(settle=0.3).chunk.seconds >= 0.6


def test_shutting_down_lets_calls_end_and_keeps_what_was_ordered(server: Server) -> None:
    with placed(server, "twilio") as call:
        call.listen(settle=0.3)
        server.shared.admission.close()
        assert server.app.test_client().get("/ready").status_code == 503
        assert not call.ended
        for running in server.shared.running():
            running.shut_down()
        until(lambda: call.ended)
    assert len(server.assistant.hung_up) == 1
