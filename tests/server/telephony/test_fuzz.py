"""No frame that a peer can send makes a provider raise or keep more than a bounded amount of it.

`make fuzz` gives each protocol 100,000 frames, here and over real sockets (test_fuzz_wire.py).
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.api.voice import WebVoice
from server.telephony.audiosocket import AudioSocket, frame
from server.telephony.chan_websocket import ChanWebSocket
from server.telephony.contract import AudioIn, Frame, Provider
from server.telephony.exotel import Exotel
from server.telephony.plivo import Plivo
from server.telephony.raw_l16 import FreeSwitch, Jambonz
from server.telephony.telnyx import Telnyx
from server.telephony.twilio import Twilio
from server.telephony.vonage import Vonage

FRAMES = int(os.environ.get("COMANDA_TEST_FUZZ_FRAMES", "3000"))
PROVIDERS: list[Callable[[], Provider]] = [
    Twilio, Telnyx, Plivo, Exotel, Vonage, ChanWebSocket, Jambonz, FreeSwitch, AudioSocket, WebVoice,
]  # fmt: skip
WORDS = [
    "connected", "start", "media", "dtmf", "mark", "stop", "playedStream", "clearedAudio", "websocket:connected",
    "websocket:dtmf", "MEDIA_START", "DTMF_END", "MEDIA_MARK_PROCESSED", "MEDIA_XOFF", "HANGUP", "event", "digit",
    "streamSid", "stream_id", "callSid", "call_control_id", "callId", "streamId", "mediaFormat", "media_format",
    "encoding", "sampleRate", "payload", "chunk", "name", "track", "format", "content-type", "audio/l16;rate=16000",
    "customParameters", "custom_parameters", "channel_id", "slin16", "8000", "1", "AAAA", "****", "inbound", "data",
    "type", "hello", "token", "rate", "session", "talk", "text", "key", "mute", "speech", "stop", "heard", "active",
]  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
    max_leaves=12,
)
frames = st.binary(max_size=700) | st.text(max_size=200) | json_values.map(json.dumps)


@pytest.mark.parametrize("make", PROVIDERS, ids=lambda make: make.__name__)
@settings(max_examples=150, deadline=None)
@given(st.lists(frames, max_size=12))
def test_no_sequence_of_frames_raises(make: Callable[[], Provider], sequence: list[Frame]) -> None:
    provider = make()
    for received in sequence:
        for event in provider.receive(received):
            if isinstance(event, AudioIn):
                assert len(event.chunk.pcm) % 2 == 0
                assert event.chunk.seconds <= 2.0


@pytest.mark.parametrize("make", PROVIDERS, ids=lambda make: make.__name__)
def test_many_mutated_frames_leave_memory_bounded(make: Callable[[], Provider]) -> None:
    chance = random.Random(7)
    provider, kept = make(), 0
    seeds = fuzz_seeds()
    for number in range(FRAMES):
        for event in provider.receive(mutated(chance.choice(seeds), chance)):
            assert event is not None
        if number % 1000 == 999:
            kept = max(kept, _size(provider))
            provider = make() if chance.random() < 0.2 else provider
    assert kept < 600_000


def fuzz_seeds() -> list[Frame]:
    texts: list[Frame] = [
        json.dumps({"event": word, "streamSid": "s", "stream_id": "s", "streamId": "s", word: {
            "streamSid": "s", "callSid": "c", "call_control_id": "c", "callId": "c", "call_sid": "c", "stream_sid": "s",
            "digit": "5", "name": "m", "chunk": "7", "payload": "AAAA" * 40, "track": "inbound",
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
        }})
        for word in WORDS[:14]
    ]  # fmt: skip
    web: list[Frame] = [
        json.dumps({"type": kind, "token": "t", "rate": 16000, "text": "a latte", "digit": "5", "mark": "1.0",
                    "active": True})
        for kind in ("hello", "talk", "text", "key", "mute", "speech", "stop", "heard")
    ]  # fmt: skip
    return [
        *texts, *web, "MEDIA_START channel_id:1 format:slin", "DTMF_END digit:5", bytes(320), bytes(641),
        frame(0x01, bytes(16)), frame(0x10, bytes(320)), frame(0x03, b"5"), frame(0x10, b""), frame(0x99, b"abc"),
    ]  # fmt: skip


def mutated(seed: Frame, chance: random.Random) -> Frame:
    data = bytearray(seed.encode() if isinstance(seed, str) else seed)
    for _ in range(chance.choice((0, 0, 1, 2, 8))):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.1:
        data = data[: chance.randrange(len(data) + 1)]
    if chance.random() < 0.02:
        data *= 20
    return data.decode("utf-8", "replace") if isinstance(seed, str) else bytes(data)


def _size(value: object, seen: set[int] | None = None) -> int:
    """Bytes an object keeps alive, roughly."""
    seen = seen if seen is not None else set()
    if id(value) in seen:
        return 0
    seen.add(id(value))
    inner: list[object] = []
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, (list, tuple, set)):
        inner = list(value)
    elif hasattr(value, "__dict__"):
        inner = list(vars(value).values())
    return sys.getsizeof(value) + sum(_size(part, seen) for part in inner)
