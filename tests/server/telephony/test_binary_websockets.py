"""Conformance with Vonage, Asterisk chan_websocket, jambonz and FreeSWITCH, from their documents and source."""

from __future__ import annotations

import base64
import json

import pytest

from server.telephony.chan_websocket import ChanWebSocket
from server.telephony.contract import AudioIn, BadFrame, CallStarted, FlowControl, KeyPressed, MarkReached, Stopped
from server.telephony.raw_l16 import FreeSwitch, Jambonz
from server.telephony.vonage import Vonage
from voice.types import AudioChunk, AudioFormat

SAMPLES = b"\x01\x02" * 320


def test_vonage() -> None:
    vonage = Vonage()
    assert isinstance(vonage.receive(SAMPLES)[0], BadFrame)
    hello = {"event": "websocket:connected", "content-type": "audio/l16;rate=8000", "call": "u1", "caller": "44"}
    (begun,) = vonage.receive(json.dumps(hello))
    assert begun == CallStarted(AudioFormat("s16le", 8000), "u1", "44", {"call": "u1", "caller": "44"})
    assert vonage.receive(SAMPLES) == [AudioIn(AudioChunk(SAMPLES, 8000))]
    assert vonage.receive('{"event":"websocket:dtmf","digit":"5","duration":260}') == [KeyPressed("5")]
    assert vonage.receive('{"event":"websocket:cleared"}') == []
    assert vonage.audio(AudioChunk(SAMPLES, 8000)) == [SAMPLES]
    assert json.loads(vonage.clear()[0]) == {"action": "clear"}


def test_chan_websocket_in_words() -> None:
    peer = ChanWebSocket()
    assert peer.receive(SAMPLES) == []  # media may come first
    line = (
        "MEDIA_START connection_id:c1 channel:WebSocket/x channel_id:17.1 format:slin16 optimal_frame_size:640 ptime:20"
    )
    begun, audio = peer.receive(line)
    assert isinstance(begun, CallStarted)
    assert (begun.format, begun.call_id) == (AudioFormat("s16le", 16000), "17.1")
    assert audio == AudioIn(AudioChunk(SAMPLES, 16000))
    assert peer.receive("DTMF_END digit:5 channel_id:17.1") == [KeyPressed("5")]
    assert peer.receive("MEDIA_MARK_PROCESSED m1") == [MarkReached("m1")]
    assert peer.receive("MEDIA_BUFFERING_COMPLETED m1") == peer.receive("QUEUE_DRAINED") == []
    assert isinstance(peer.receive("ERROR channel_id:17.1 error_text:Unable to parse")[0], BadFrame)
    assert peer.receive("MEDIA_XOFF channel_id:17.1") == [FlowControl(True)]
    assert peer.receive("MEDIA_XON channel_id:17.1") == [FlowControl(False)]
    assert peer.mark("m1") == ["MARK_MEDIA m1"]
    assert peer.clear() == ["FLUSH_MEDIA"]
    assert peer.hang_up() == ["HANGUP"]
    assert all(len(command) <= 128 for command in peer.mark("x" * 500))
    assert peer.receive("HANGUP") == [Stopped("HANGUP")]


@pytest.mark.parametrize(("format_and_size", "seconds"), [
    ("slin optimal_frame_size:320", 0.1), ("ulaw optimal_frame_size:160", 0.1), ("alaw optimal_frame_size:320", 0.08),
    ("slin16 optimal_frame_size:960", 0.09), ("slin optimal_frame_size:0", 0.1), ("slin", 0.1),
])  # fmt: skip
def test_messages_are_whole_frames_of_asterisks(format_and_size: str, seconds: float) -> None:
    """It plays nothing of what is left of a message."""
    peer = ChanWebSocket()
    peer.receive(f"MEDIA_START connection_id:c1 channel:x channel_id:17.1 format:{format_and_size}")
    assert peer.frame_seconds == pytest.approx(seconds)


def test_the_calls_own_variables_are_found_among_many() -> None:
    peer = ChanWebSocket()
    variables = {f"V{number}": "x" for number in range(500)} | {"COMANDA_CALL": "u1", "COMANDA_CALLER": "39"}
    start = {"event": "MEDIA_START", "channel_id": "17.3", "format": "slin", "channel_variables": variables}
    (begun,) = peer.receive(json.dumps(start))
    assert isinstance(begun, CallStarted)
    assert (begun.call_id, begun.caller) == ("u1", "39")


def test_plain_text_brings_no_variables_but_the_uri_may() -> None:
    peer = ChanWebSocket("u1", "39")
    (begun,) = peer.receive("MEDIA_START connection_id:c1 channel:x channel_id:17.1 format:slin")
    assert isinstance(begun, CallStarted)
    assert (begun.call_id, begun.caller) == ("u1", "39")


def test_chan_websocket_in_json() -> None:
    peer = ChanWebSocket()
    event = {
        "event": "MEDIA_START", "connection_id": "c1", "channel": "WebSocket/x", "channel_id": "17.2", "format": "ulaw",
        "optimal_frame_size": 160, "ptime": 20, "channel_variables": {"_COMANDA_CALL": "u1", "COMANDA_CALLER": "39"},
    }  # fmt: skip
    (begun,) = peer.receive(json.dumps(event))
    assert isinstance(begun, CallStarted)
    assert (begun.format, begun.call_id, begun.caller) == (AudioFormat("mulaw", 8000), "u1", "39")
    assert peer.receive(b"\xff\xff") == [AudioIn(AudioChunk(bytes(4), 8000))]
    assert peer.receive('{"event":"DTMF_END","digit":"#"}') == [KeyPressed("#")]
    assert peer.receive('{"event":"MEDIA_MARK_PROCESSED","correlation_id":"m"}') == [MarkReached("m")]
    assert json.loads(str(peer.mark("m")[0])) == {"command": "MARK_MEDIA", "correlation_id": "m"}
    assert json.loads(str(peer.clear()[0])) == {"command": "FLUSH_MEDIA"}


def test_jambonz() -> None:
    peer = Jambonz()
    hello = {"callSid": "c1", "sampleRate": 16000, "mixType": "mono", "from": "+39", "metadata": {"shop": "x"}}
    (begun,) = peer.receive(json.dumps(hello))
    assert isinstance(begun, CallStarted)
    assert (begun.format.rate, begun.call_id, begun.caller, begun.metadata["shop"]) == (16000, "c1", "+39", "x")
    assert peer.receive(SAMPLES) == [AudioIn(AudioChunk(SAMPLES, 16000))]
    assert peer.receive('{"event":"dtmf","dtmf":"2","duration":"1600"}') == [KeyPressed("2")]
    assert peer.receive('{"event":"mark","data":{"name":"m","event":"playout"}}') == [MarkReached("m")]
    assert peer.receive('{"event":"playDone","id":"1"}') == []
    assert json.loads(str(peer.clear()[0])) == {"type": "killAudio"}
    assert json.loads(str(peer.hang_up()[0])) == {"type": "disconnect"}


def test_freeswitch_with_and_without_metadata() -> None:
    bare = FreeSwitch("16k")
    begun, audio = bare.receive(SAMPLES)
    assert begun == CallStarted(AudioFormat("s16le", 16000), "")
    assert audio == AudioIn(AudioChunk(SAMPLES, 16000))
    peer = FreeSwitch()
    (started,) = peer.receive('{"uuid":"u1","caller":"39"}')
    assert isinstance(started, CallStarted)
    assert (started.call_id, started.caller) == ("u1", "39")
    played = json.loads(str(peer.audio(AudioChunk(SAMPLES, 8000))[0]))
    assert played["type"] == "streamAudio"
    assert (played["data"]["audioDataType"], played["data"]["sampleRate"]) == ("raw", 8000)
    assert base64.b64decode(played["data"]["audioData"]) == SAMPLES
