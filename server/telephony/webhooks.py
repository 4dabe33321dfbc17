"""What carriers ask before a call streams: TwiML, TeXML, Plivo XML and NCCO, each with its signature checked;
and afterwards what follows, which an Asterisk dialplan asks too."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.datastructures import MultiDict

from server.security import in_networks, is_local, shared_secret
from server.state import state
from server.telephony.busy import busy_sentence
from server.telephony.signatures import check_plivo, check_telnyx, check_twilio, check_vonage

logger = logging.getLogger(__name__)
blueprint = Blueprint("webhooks", __name__, url_prefix="/telephony")


# --- Twilio and Telnyx (TeXML is TwiML) ------------------------------------------------------------------------------


@blueprint.post("/<any(twilio, telnyx):provider>/voice")
def answer_twiml(provider: str) -> Response:
    """Answers an incoming call: connect it to the stream, then ask /next what follows."""
    verify(provider)
    if state().admission.full:
        return full(_dial, "Say")
    values = announcement(provider, request.form.get("CallSid", ""), request.form.get("From", ""))
    following = public_url(f"/telephony/{provider}/next")
    response = Xml.Element("Response")
    connect = Xml.SubElement(response, "Connect")
    stream = Xml.SubElement(connect, "Stream", url=stream_url(provider))
    for name, value in values.items():
        Xml.SubElement(stream, "Parameter", name=name, value=value)
    if provider == "telnyx":  # its Connect has no action, and no document promises that it passes Parameters on
        stream.attrib |= {"bidirectionalMode": "rtp", "bidirectionalCodec": "PCMU", "codec": "PCMU"}
        stream.attrib["url"] += f"?ticket={values['ticket']}"
        Xml.SubElement(response, "Redirect", method="POST").text = following
    else:
        connect.attrib |= {"action": following, "method": "POST"}
    return xml(response)


@blueprint.post("/<any(twilio, telnyx):provider>/next")
def next_twiml(provider: str) -> Response:
    """After the stream: a person if the dialogue handed over, else the end."""
    verify(provider)
    return after_stream(request.form.get("CallSid", ""), _dial)


def _dial(response: Xml.Element, phone: str) -> None:
    Xml.SubElement(response, "Dial").text = phone


# --- Plivo -----------------------------------------------------------------------------------------------------------


@blueprint.post("/plivo/voice")
def answer_plivo() -> Response:
    verify("plivo")
    if state().admission.full:
        return full(_dial_plivo, "Speak")
    caller = request.form.get("From", "").lstrip("+")  # extraHeaders may hold letters and digits only
    values = announcement("plivo", request.form.get("CallUUID", ""), caller)
    response = Xml.Element("Response")
    stream = Xml.SubElement(
        response, "Stream", bidirectional="true", keepCallAlive="true", contentType="audio/x-mulaw;rate=8000",
        extraHeaders=",".join(f"{name}={value}" for name, value in values.items()),
    )  # fmt: skip
    stream.text = stream_url("plivo")
    Xml.SubElement(response, "Redirect", method="POST").text = public_url("/telephony/plivo/next")
    return xml(response)


@blueprint.post("/plivo/next")
def next_plivo() -> Response:
    verify("plivo")
    return after_stream(request.form.get("CallUUID", ""), _dial_plivo)


def _dial_plivo(response: Xml.Element, phone: str) -> None:
    Xml.SubElement(Xml.SubElement(response, "Dial"), "Number").text = phone


# --- Asterisk --------------------------------------------------------------------------------------------------------


@blueprint.get("/<any(asterisk, audiosocket):provider>/next")
def next_asterisk(provider: str) -> Response:
    """For the dialplan's CURL(), which goes on after the call whatever ended it: "transfer", or "hang_up"."""
    verify(provider)
    outcome = state().take_outcome(request.args.get("call", ""))
    return Response(outcome if outcome == "transfer" else "hang_up", content_type="text/plain")


# --- Vonage ----------------------------------------------------------------------------------------------------------


@blueprint.route("/vonage/answer", methods=["GET", "POST"])
def answer_vonage() -> Response:
    """The NCCO: `connect` to the stream, then `notify`, whose answer says what follows."""
    verify("vonage")
    values = _vonage_values()
    if state().admission.full:
        return jsonify(_vonage_dial() if passes_on() else [{"action": "talk", "text": busy_sentence(state())}])
    call_id = str(values.get("uuid", ""))
    endpoint = {
        "type": "websocket",
        "uri": stream_url("vonage"),
        "content-type": "audio/l16;rate=16000",
        "headers": {"call": call_id, **announcement("vonage", call_id, str(values.get("from", "")))},
    }
    event_url = [public_url("/telephony/vonage/next")]
    return jsonify([
        {"action": "connect", "from": values.get("to", ""), "endpoint": [endpoint]},
        {"action": "notify", "payload": {"call": call_id}, "eventUrl": event_url},
    ])


@blueprint.post("/vonage/next")
def next_vonage() -> Response:
    verify("vonage")
    payload = _vonage_values().get("payload")
    call_id = payload.get("call", "") if isinstance(payload, dict) else _vonage_values().get("uuid", "")
    return jsonify(_vonage_dial() if state().take_outcome(str(call_id)) == "transfer" and shop_phone() else [])


def _vonage_dial() -> list[dict[str, object]]:
    return [{"action": "connect", "endpoint": [{"type": "phone", "number": shop_phone().lstrip("+")}]}]


def _vonage_values() -> dict[str, object]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else dict(request.args)


# --- who asks --------------------------------------------------------------------------------------------------------


def verify(provider: str) -> None:
    """Aborts with 403 unless the carrier signed the request (or it comes from this machine and that is allowed)."""
    settings = state().settings
    if settings.unsigned_local_calls and is_local(request.remote_addr):
        return
    check = CHECKS[provider]
    if not check():
        state().metrics.refused.labels("signature").inc()
        logger.warning("A %s request without a good signature was refused (%s).", provider, REMEDIES[provider])
        abort(403)


def verify_stream(provider: str) -> bool:
    """Whether the WebSocket upgrade may proceed. Twilio signs it too, over the wss:// URL."""
    settings = state().settings
    if settings.unsigned_local_calls and is_local(request.remote_addr):
        return True
    if provider == "twilio":
        url = public_url(request_path()).replace("https://", "wss://", 1).replace("http://", "ws://", 1)
        token = secret("twilio_auth_token")
        signature = request.headers.get("X-Twilio-Signature", "")
        return bool(token and settings.public_url) and check_twilio(token, url, {}, signature)
    if provider in ("plivo", "vonage", "telnyx"):
        return True  # the ticket in the first message decides
    return _stream_token()


def _twilio() -> bool:
    token = secret("twilio_auth_token")
    if not token or not state().settings.public_url:
        return False
    body = request.get_data() if request.is_json else None
    signature = request.headers.get("X-Twilio-Signature", "")
    return check_twilio(token, public_url(request_path()), _lists(request.form), signature, body)


def _telnyx() -> bool:
    """With the account's public key by its signature; without one the shared secret stands in the webhook's URL."""
    key = secret("telnyx_public_key")
    if not key:
        return _stream_token()
    timestamp, signature = (request.headers.get(f"telnyx-{name}", "") for name in ("timestamp", "signature-ed25519"))
    return check_telnyx(key, timestamp, signature, request.get_data(), time.time())


def _audiosocket() -> bool:
    """Whoever may stream may ask: the protocol knows no secret."""
    return in_networks(request.remote_addr or "", state().settings.audiosocket_peers)


def _plivo() -> bool:
    token = secret("plivo_auth_token")
    if not token or not state().settings.public_url:
        return False
    signatures = request.headers.get("X-Plivo-Signature-V3", "")
    nonce = request.headers.get("X-Plivo-Signature-V3-Nonce", "")
    return check_plivo(token, request.method, public_url(request_path()), nonce, _lists(request.form), signatures)


def _vonage() -> bool:
    token = secret("vonage_signature_secret")
    authorization = request.headers.get("Authorization", "")
    return bool(token) and check_vonage(token, authorization, request.get_data(), time.time())


def _stream_token() -> bool:
    authorization = request.headers.get("Authorization")
    return shared_secret(authorization, request.args.get("token"), secret("stream_token"))


CHECKS: Mapping[str, Callable[[], bool]] = {
    "twilio": _twilio, "telnyx": _telnyx, "plivo": _plivo, "vonage": _vonage, "asterisk": _stream_token,
    "audiosocket": _audiosocket,
}  # fmt: skip
REMEDIES: Mapping[str, str] = {
    "twilio": "check COMANDA_TWILIO_AUTH_TOKEN and the setting public_url",
    "plivo": "check COMANDA_PLIVO_AUTH_TOKEN and the setting public_url",
    "vonage": "check COMANDA_VONAGE_SIGNATURE_SECRET",
    "asterisk": "check COMANDA_STREAM_TOKEN and &token= in the dialplan",
    "audiosocket": "check COMANDA_AUDIOSOCKET_PEERS",
    "telnyx": "check COMANDA_TELNYX_PUBLIC_KEY, or COMANDA_STREAM_TOKEN and ?token= in the webhook's URL",
}


def secret(name: str) -> str:
    value = getattr(state().settings, name)
    return value.get_secret_value() if value is not None else ""


def request_path() -> str:
    """Path and query as they were sent, before decoding: what is signed."""
    raw: str | None = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw:
        return raw if raw.startswith("/") else "/" + raw.split("/", 3)[-1]
    query = request.query_string.decode("latin-1")
    return request.path + (f"?{query}" if query else "")


# --- what is answered ------------------------------------------------------------------------------------------------


def public_url(path: str) -> str:
    """The URL under which the carrier knows us: of the setting, never of the Host header unless for a local try-out."""
    base = state().settings.public_url or (request.host_url if is_local(request.remote_addr) else "")
    return base.rstrip("/") + path


def stream_url(provider: str) -> str:
    return public_url(f"/telephony/{provider}/stream").replace("https://", "wss://", 1).replace("http://", "ws://", 1)


def announcement(provider: str, call_id: str, caller: str) -> dict[str, str]:
    """What the stream must bring along: the ticket, and who calls (digits and + only, as in a number)."""
    number = "".join(c for c in caller if c.isdigit() or c == "+")[:20]
    return {"ticket": state().signer.ticket(provider, call_id), **({"caller": number} if number else {})}


def full(dial: Callable[[Xml.Element, str], None], say: str) -> Response:
    """All lines taken: passed on, or told so."""
    state().metrics.refused.labels("busy").inc()
    response = Xml.Element("Response")
    if passes_on():
        dial(response, shop_phone())
    else:
        Xml.SubElement(response, say).text = busy_sentence(state())
        Xml.SubElement(response, "Hangup")
    return xml(response)


def passes_on() -> bool:
    return state().settings.when_full == "transfer" and bool(shop_phone())


def shop_phone() -> str:
    return state().assistant.catalogue.shop.phone


def after_stream(call_id: str, dial: Callable[[Xml.Element, str], None]) -> Response:
    response = Xml.Element("Response")
    if state().take_outcome(call_id) == "transfer" and shop_phone():
        dial(response, shop_phone())
    Xml.SubElement(response, "Hangup")
    return xml(response)


def xml(response: Xml.Element) -> Response:
    return Response(Xml.tostring(response, encoding="unicode", xml_declaration=True), content_type="text/xml")


def _lists(form: MultiDict[str, str]) -> dict[str, list[str]]:
    return dict(form.lists())


