"""Exotel Voicebot streaming: Telnyx-like snake_case, raw s16le at 8 kHz in base64, about 100 ms a frame.

Source: https://developer.exotel.com/docs/agentstream/websocket-protocol
"""

from __future__ import annotations

from typing import ClassVar

from server.telephony.twilio import Twilio
from voice.types import AudioFormat


class Exotel(Twilio):
    name: ClassVar[str] = "exotel"
    frame_seconds = 0.1
    """Exotel takes multiples of 320 bytes, at least 100 ms"""
    stream_key: ClassVar[str] = "stream_sid"
    call_key: ClassVar[str] = "call_sid"
    parameters_key: ClassVar[str] = "custom_parameters"
    format_key: ClassVar[str] = "media_format"
    rate_key: ClassVar[str] = "sample_rate"
    default_format: ClassVar[AudioFormat] = AudioFormat("s16le", 8000)
