"""The WebSockets on which telephony peers stream calls."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, request
from flask_sock import Sock

from server.limits import asker
from server.security import is_local
from server.state import ServerState, state
from server.telephony.call import serve_call
from server.telephony.chan_websocket import ChanWebSocket
from server.telephony.contract import CallStarted, Provider
from server.telephony.exotel import Exotel
from server.telephony.plivo import Plivo
from server.telephony.raw_l16 import FreeSwitch, Jambonz
from server.telephony.telnyx import Telnyx
from server.telephony.transport import WebSocketTransport
from server.telephony.twilio import Twilio
from server.telephony.vonage import Vonage
from server.telephony.webhooks import verify_stream

logger = logging.getLogger(__name__)
blueprint = Blueprint("streams", __name__, url_prefix="/telephony")
sock = Sock()

PROVIDERS: Mapping[str, Callable[[], Provider]] = {
    "twilio": Twilio,
    "telnyx": Telnyx,
    "plivo": Plivo,
    "vonage": Vonage,
    "exotel": Exotel,
    "asterisk": lambda: ChanWebSocket(request.args.get("call", ""), request.args.get("caller", "")),
    "jambonz": Jambonz,
    "freeswitch": lambda: FreeSwitch(request.args.get("rate", "")),
}
TICKETED = frozenset({"twilio", "telnyx", "plivo", "vonage"})
"""Their streams follow a signed webhook, which gave them a ticket"""
SAME_ID = frozenset({"twilio", "plivo"})
"""Webhook and stream call the call the same"""


@blueprint.before_request
def check_upgrade() -> None:
    provider = (request.view_args or {}).get("provider", "")
    if state().connects.wait(asker(request.remote_addr)):
        state().metrics.refused.labels("rate_limited").inc()
        abort(429)
    if not verify_stream(provider):
        state().metrics.refused.labels("signature").inc()
        logger.warning("A %s stream without a good signature or token was refused.", provider)
        abort(403)


@sock.route(f"/<any({', '.join(PROVIDERS)}):provider>/stream", bp=blueprint)  # type: ignore[untyped-decorator]
def stream(ws: Any, provider: str) -> None:
    shared = state()
    trusted = shared.settings.unsigned_local_calls and is_local(request.remote_addr)
    authorise = authoriser(shared, provider, trusted, request.args.get("ticket", ""))
    serve_call(shared, PROVIDERS[provider](), WebSocketTransport(ws), authorise)


def authoriser(
    shared: ServerState, provider: str, trusted: bool, url_ticket: str = ""
) -> Callable[[CallStarted], str | None]:
    """Judges the first event of a call: the id under which the carrier asks for it later, or None to refuse it.

    The ticket comes with that event, or came with the stream's URL.
    """

    def authorise(started: CallStarted) -> str | None:
        if trusted or provider not in TICKETED:
            return started.call_id or f"unnamed-{uuid4()}"  # each has a record of its own
        ticket = started.metadata.get("ticket", url_ticket)
        call_id = shared.signer.ticket_call(ticket, provider)
        if call_id is None or not shared.use_ticket(ticket):
            return None
        return call_id if provider not in SAME_ID or call_id == started.call_id else None

    return authorise
