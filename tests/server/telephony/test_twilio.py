"""Conformance with Twilio Media Streams and its dialects, from the vendors' message references."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from server.telephony.contract import AudioIn, BadFrame, CallStarted, Event, KeyPressed, MarkReached, Stopped
from server.telephony.exotel import Exotel
from server.telephony.plivo import Plivo
from server.telephony.telnyx import Telnyx
from server.telephony.twilio import Twilio
from voice.audio import g711
from voice.types import AudioChunk, AudioFormat


def twilio_start(encoding: str = "audio/x-mulaw", rate: int = 8000) -> dict[str, Any]:
    start = {
        "streamSid": "MZ1",
        "accountSid": "AC1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "customParameters": {"caller": "+390212345", "ticket": "t"},
        "mediaFormat": {"encoding": encoding, "sampleRate": rate, "channels": 1},
    }
    return {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start}


def media(number: int, data: bytes = b"\xff" * 160, **members: Any) -> str:
    inner = {"track": "inbound", "chunk": str(number), "timestamp": str(20 * number)}
    inner["payload"] = base64.b64encode(data).decode()
    return json.dumps(
        {"event": "media", "sequenceNumber": str(number + 1), "streamSid": "MZ1", "media": inner} | members
    )


def started(provider: Twilio, start: dict[str, Any]) -> list[Event]:
    provider.receive(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
    return provider.receive(json.dumps(start))


def test_a_call_from_connected_to_stop() -> None:
    twilio = Twilio()
    assert twilio.receive('{"event":"connected","protocol":"Call","version":"1.0.0"}') == []
    (start,) = twilio.receive(json.dumps(twilio_start()))
    assert start == CallStarted(
        AudioFormat("mulaw", 8000), "CA1", "+390212345", {"caller": "+390212345", "ticket": "t"}
    )
    (audio,) = twilio.receive(media(1))
    assert isinstance(audio, AudioIn)
    assert audio.chunk == AudioChunk(bytes(320), 8000)
    dtmf = {
        "event": "dtmf",
        "streamSid": "MZ1",
        "sequenceNumber": "5",
        "dtmf": {"track": "inbound_track", "digit": "5"},
    }
    assert twilio.receive(json.dumps(dtmf)) == [KeyPressed("5")]
    assert twilio.receive('{"event":"mark","streamSid":"MZ1","mark":{"name":"m1"}}') == [MarkReached("m1")]
    stop = {"event": "stop", "streamSid": "MZ1", "stop": {"accountSid": "AC1", "callSid": "CA1"}}
    assert twilio.receive(json.dumps(stop)) == [Stopped("stop")]


def test_what_is_sent_is_what_twilio_takes() -> None:
    twilio = Twilio()
    started(twilio, twilio_start())
    tone = AudioChunk(b"\x10\x20" * 160, 8000)
    (frame,) = twilio.audio(tone)
    message = json.loads(frame)
    assert message == {"event": "media", "streamSid": "MZ1", "media": {"payload": message["media"]["payload"]}}
    assert base64.b64decode(message["media"]["payload"]) == g711.mulaw_encode(tone.pcm)
    assert json.loads(twilio.mark("m1")[0]) == {"event": "mark", "streamSid": "MZ1", "mark": {"name": "m1"}}
    assert json.loads(twilio.clear()[0]) == {"event": "clear", "streamSid": "MZ1"}
    assert twilio.hang_up() == twilio.hand_over() == []  # the closing of the socket says it


@pytest.mark.parametrize(
    ("encoding", "rate", "expected"),
    [("audio/x-mulaw", 8000, "mulaw"), ("audio/x-alaw", 8000, "alaw"), ("audio/x-l16", 16000, "s16le")],
)
def test_the_declared_codec_is_obeyed(encoding: str, rate: int, expected: str) -> None:
    twilio = Twilio()
    (start,) = started(twilio, twilio_start(encoding, rate))
    assert isinstance(start, CallStarted)
    assert start.format == AudioFormat(expected, rate)  # type: ignore[arg-type]


def test_an_unknown_codec_ends_the_call() -> None:
    events = started(Twilio(), twilio_start("audio/opus", 48000))
    assert [type(event) for event in events] == [BadFrame, Stopped]


def test_connected_may_be_missing_and_media_may_come_before_start() -> None:
    twilio = Twilio()
    assert twilio.receive(media(1)) == []
    start, audio = twilio.receive(json.dumps(twilio_start()))
    assert isinstance(start, CallStarted)
    assert isinstance(audio, AudioIn)


def test_media_without_a_start_is_not_kept_for_ever() -> None:
    twilio = Twilio()
    events = [event for n in range(500) for event in twilio.receive(media(n))]
    assert len(events) == 450
    assert all(isinstance(event, BadFrame) for event in events)


def test_duplicates_and_late_frames_are_dropped() -> None:
    twilio = Twilio()
    started(twilio, twilio_start())
    assert isinstance(twilio.receive(media(1))[0], AudioIn)
    assert isinstance(twilio.receive(media(1))[0], BadFrame)
    assert isinstance(twilio.receive(media(4))[0], AudioIn)  # a gap does not stall
    assert isinstance(twilio.receive(media(3))[0], BadFrame)


def test_a_peer_that_counts_anew_is_heard_again() -> None:
    twilio = Twilio()
    started(twilio, twilio_start())
    twilio.receive(media(10**9))
    events = [event for n in range(60) for event in twilio.receive(media(n))]
    assert sum(isinstance(event, AudioIn) for event in events) > 30


@pytest.mark.parametrize(
    "frame",
    [
        "not json", "[]", "null", '{"event":5}', '{"event":"media","media":[]}', "[" * 100_000, b"\x00\x01",
        '{"event":"media","media":{"payload":"***"}}', '{"event":"media","media":{"payload":5}}',
        '{"event":"dtmf","dtmf":{"digit":"55"}}', '{"event":"start","start":7}', '{"event":"flow"}',
        '{"event":"media","media":{"payload":"' + "A" * 60_000 + '"}}', '{"x":' + "9" * 5000 + "}",
    ],
)  # fmt: skip
def test_a_broken_frame_is_reported_and_the_call_goes_on(frame: str | bytes) -> None:
    twilio = Twilio()
    started(twilio, twilio_start())
    events = twilio.receive(frame)
    assert events
    assert all(isinstance(event, BadFrame) for event in events)
    assert isinstance(twilio.receive(media(1))[0], AudioIn)


def test_a_payload_cut_inside_a_sample_loses_that_sample_only() -> None:
    twilio = Twilio()
    started(twilio, twilio_start("audio/x-l16", 8000))
    bad, audio = twilio.receive(media(1, b"\x01\x02\x03"))
    assert isinstance(bad, BadFrame)
    assert audio == AudioIn(AudioChunk(b"\x01\x02", 8000))


def test_the_outbound_track_is_not_taken_for_the_caller() -> None:
    twilio = Twilio()
    started(twilio, twilio_start())
    assert twilio.receive(media(1, media={"track": "outbound", "chunk": "1", "payload": "/w=="})) == []


# --- dialects ---


def telnyx_start(encoding: str, rate: int) -> str:
    start = {
        "user_id": "u", "call_control_id": "v2:c", "client_state": "aGV5", "from": "+3912", "to": "+3913",
        "custom_parameters": {"ticket": "t"},
        "media_format": {"encoding": encoding, "sample_rate": rate, "channels": 1},
    }  # fmt: skip
    return json.dumps({"event": "start", "sequence_number": "1", "start": start, "stream_id": "s1"})


def test_telnyx_obeys_the_media_format_and_restores_the_order() -> None:
    telnyx = Telnyx()
    (start,) = telnyx.receive(telnyx_start("PCMA", 8000))
    assert isinstance(start, CallStarted)
    assert (start.format, start.call_id, start.caller) == (AudioFormat("alaw", 8000), "v2:c", "+3912")
    heard = [telnyx.receive(media(n, bytes([n]) * 160)) for n in (1, 3, 2, 4)]
    order = [event for events in heard for event in events]
    expected = [AudioIn(AudioChunk(g711.alaw_decode(bytes([n]) * 160), 8000)) for n in (1, 2, 3, 4)]
    assert order == expected
    assert json.loads(telnyx.clear()[0]) == {"event": "clear", "stream_id": "s1"}


def test_telnyx_l16_is_big_endian() -> None:
    telnyx = Telnyx()
    (start,) = telnyx.receive(telnyx_start("L16", 16000))
    assert isinstance(start, CallStarted)
    assert start.format == AudioFormat("s16be", 16000)
    assert telnyx.receive(media(1, b"\x01\x02")) == [AudioIn(AudioChunk(b"\x02\x01", 16000))]


@pytest.mark.parametrize("extra", [
    "ticket=t;caller=39", "ticket=t,caller=39", "{ticket: t, caller: 39}", "{X-PH-ticket: t, X-PH-caller: 39}",
    {"ticket": "t", "caller": "39"},
])  # fmt: skip
def test_plivo_plays_marks_and_clears_in_its_own_words(extra: object) -> None:
    plivo = Plivo()
    start = {
        "callId": "c1", "streamId": "s1", "accountId": "a", "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
    }  # fmt: skip
    message = {"event": "start", "sequenceNumber": 0, "start": start, "extra_headers": extra}
    (begun,) = plivo.receive(json.dumps(message))
    assert begun == CallStarted(AudioFormat("mulaw", 8000), "c1", "39", {"ticket": "t", "caller": "39"})
    played = json.loads(plivo.audio(AudioChunk(bytes(320), 8000))[0])
    payload = base64.b64encode(b"\xff" * 160).decode()
    sent = {"contentType": "audio/x-mulaw", "sampleRate": 8000, "payload": payload}
    assert played == {"event": "playAudio", "media": sent}
    assert json.loads(plivo.mark("m")[0]) == {"event": "checkpoint", "streamId": "s1", "name": "m"}
    assert json.loads(plivo.clear()[0]) == {"event": "clearAudio", "streamId": "s1"}
    assert plivo.receive('{"event":"playedStream","streamId":"s1","name":"m"}') == [MarkReached("m")]
    assert plivo.receive('{"event":"clearedAudio","streamId":"s1"}') == []


def test_exotel_streams_raw_samples() -> None:
    exotel = Exotel()
    start = {
        "stream_sid": "MZ", "call_sid": "CA", "from": "+91", "to": "+92", "custom_parameters": {},
        "media_format": {"encoding": "audio/x-raw", "sample_rate": "8000", "bit_rate": "16"},
    }  # fmt: skip
    (begun,) = exotel.receive(json.dumps({"event": "start", "stream_sid": "MZ", "start": start}))
    assert begun == CallStarted(AudioFormat("s16le", 8000), "CA", "+91", {})
    assert exotel.receive(media(1, b"\x01\x02" * 800)) == [AudioIn(AudioChunk(b"\x01\x02" * 800, 8000))]
