"""What was said in a call, for `comanda call` on this machine and only while unsigned local calls are let in."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request

from server.security import is_local
from server.state import state

blueprint = Blueprint("transcripts", __name__, url_prefix="/telephony")


@blueprint.get("/calls/<call_id>")
def transcript(call_id: str) -> Response:
    shared = state()
    if not shared.settings.unsigned_local_calls or not is_local(request.remote_addr) or shared.settings.proxies:
        abort(404)
    record = shared.recent_call(call_id)
    if record is None:
        abort(404)
    return jsonify({
        "provider": record.provider,
        "outcome": record.outcome,
        "seconds": round(record.seconds, 1),
        "barge_ins": record.barge_ins,
        "turns": [turn.as_json() for turn in list(record.turns)],
    })
