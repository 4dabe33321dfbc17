"""The website's HTTP endpoints: token, shop, typed turns, cart."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from server.api.views import cart_view, shop_view, turn_view
from server.limits import asker
from server.sessions import Held
from server.state import state
from voice.types import Utterance

blueprint = Blueprint("api", __name__, url_prefix="/api")

MAX_TEXT = 500
MAX_BODY = 8 * 1024
STATUS = {
    "bad_message": 400, "bad_token": 401, "expired_token": 401, "bad_origin": 403, "bad_session": 403,
    "unknown_session": 404, "too_large": 413, "rate_limited": 429, "internal": 500, "busy": 503,
}  # fmt: skip


class ApiError(Exception):
    """Refusal of a request, as the protocol words it."""

    def __init__(self, code: str, message: str, retry_after: float = 0) -> None:
        super().__init__(message)
        self.code, self.message, self.retry_after = code, message, retry_after


@blueprint.errorhandler(ApiError)
def refuse(error: ApiError) -> Response:
    state().metrics.refused.labels(error.code).inc()
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.retry_after:
        body["retry_after"] = max(1, round(error.retry_after))
    response = jsonify({"error": body})
    response.status_code = STATUS[error.code]
    if error.retry_after:
        response.headers["Retry-After"] = str(body["retry_after"])
    return response


@blueprint.before_request
def check_origin() -> Response | None:
    origin = state().origins.check(request.headers.get("Origin"), request.host_url)
    if origin is None:
        raise ApiError("bad_origin", "This website is not in the server's allow-list (setting `origins`).")
    g.origin = origin
    if request.method == "OPTIONS":
        return Response(status=204)
    return None


@blueprint.after_request
def allow_origin(response: Response) -> Response:
    origin = g.get("origin")
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    if origin and state().origins.foreign(origin, request.host_url):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Comanda-Session"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Max-Age"] = "600"
    return response


@blueprint.post("/token")
def token() -> Response:
    limited(state().tokens)
    return jsonify({"token": state().signer.token(g.origin), "expires_in": 600})


@blueprint.get("/shop")
def shop() -> Response:
    limited(state().reads)
    assistant = state().assistant
    return jsonify(shop_view(assistant.catalogue, assistant.language))


@blueprint.post("/turn")
def turn() -> Response:
    limited(state().turns)
    check_token()
    body = read_body()
    typed = body.get("text")
    if not isinstance(typed, str) or len(typed) > MAX_TEXT:
        raise ApiError("bad_message", f"`text` must be a string of at most {MAX_TEXT} characters.")
    return jsonify(typed_turn(" ".join(typed.split()), body.get("session")))


@blueprint.get("/cart")
def cart() -> Response:
    limited(state().reads)
    check_token()
    held = find_session(request.headers.get("X-Comanda-Session", ""))
    if held is None:
        raise ApiError("unknown_session", "That session has ended. Begin a new one.")
    assistant = state().assistant
    with held.lock:
        return jsonify({"cart": cart_view(held.session, assistant.catalogue, assistant.language)})


def typed_turn(typed: str, key: object) -> dict[str, Any]:
    """One exchange in the session that `key` names, or in a new one."""
    if key is not None and not isinstance(key, str):
        raise ApiError("bad_message", "`session` must be a string.")
    shared, assistant = state(), state().assistant
    held = find_session(key) if key else None
    session_id = shared.signer.session_id(key, g.origin) if key else None
    if held is None or not typed:
        session, made = assistant.start("web", resume=session_id)
        held, kind = shared.sessions.hold(session), "greeting"
    if typed:
        with held.lock:
            made, kind = assistant.take_turn(held.session, Utterance.typed(typed)), "text"
    with held.lock:
        held.turns += 1
        view = turn_view(held.session, made, held.turns, kind, assistant.catalogue, assistant.language)
        assistant.heard(held.session, len(made.sentences))
    return {**view, "session": shared.signer.session_key(held.session.id, g.origin)}


def find_session(key: str) -> Held | None:
    """Raises ApiError bad_session for a key that was not given to this origin."""
    session_id = state().signer.session_id(key, g.origin)
    if session_id is None:
        raise ApiError("bad_session", "The session was not made for this website.")
    return state().sessions.get(session_id)


def check_token() -> None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    code = state().signer.check_token(value.strip(), g.origin) if scheme.lower() == "bearer" else "bad_token"
    if code:
        raise ApiError(code, "Ask POST /api/token for a token and send it as `Authorization: Bearer <token>`.")


def read_body() -> dict[str, Any]:
    if (request.content_length or 0) > MAX_BODY:
        raise ApiError("too_large", f"At most {MAX_BODY} bytes.")
    try:
        body = request.get_json(force=True, silent=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        raise ApiError("bad_message", "The body must be a JSON object.")
    return body


def limited(limiter: Any) -> None:
    """Raises ApiError when the caller's address asks too often."""
    if wait := limiter.wait(asker(request.remote_addr)):
        raise ApiError("rate_limited", "Too many requests.", wait)
