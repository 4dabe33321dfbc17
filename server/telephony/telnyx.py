"""Telnyx media streaming: Twilio's messages in snake_case. Frame order is not guaranteed; L16 is big-endian.

Source: https://developers.telnyx.com/docs/voice/programmable-voice/media-streaming
"""

from __future__ import annotations

from typing import Any, ClassVar

from server.telephony.contract import text, texts
from server.telephony.twilio import Twilio


class Telnyx(Twilio):
    name: ClassVar[str] = "telnyx"
    reorder: ClassVar[int] = 3
    stream_key: ClassVar[str] = "stream_id"
    call_key: ClassVar[str] = "call_control_id"
    parameters_key: ClassVar[str] = "custom_parameters"
    format_key: ClassVar[str] = "media_format"
    rate_key: ClassVar[str] = "sample_rate"
    l16: ClassVar[str] = "s16be"

    def _parameters(self, start: dict[str, Any], message: dict[str, Any]) -> dict[str, str]:
        parameters = super()._parameters(start, message)
        if state := text(start, "client_state"):
            parameters["client_state"] = state
        return parameters | texts({"to": start.get("to", "")})
