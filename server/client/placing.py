"""Places a call as a carrier does: first the webhook, whose answer says where to stream, then the stream."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from server.client.dialects import DIALECTS, Dialect
from server.client.placed_call import NOT_LET_IN, CallError, Link, PlacedCall, TcpLink, WebSocketLink
from server.telephony.signatures import plivo_signature, twilio_signature, vonage_token

PROTOCOLS = tuple(DIALECTS)
STREAMS = {"chan-websocket": "asterisk", "raw": "jambonz"}
"""Protocols without a webhook, and the path of their stream"""


@dataclass(frozen=True, slots=True)
class Target:
    """A server and how to reach it."""

    url: str = "http://localhost:8080"
    audiosocket_port: int = 9092


def place(protocol: str, target: Target, caller: str = "", call_id: str = "") -> PlacedCall:
    """A call that is about to begin. Raises CallError when the server refuses it."""
    call_id = call_id or str(uuid.uuid4())
    base = target.url.rstrip("/")
    if protocol == "audiosocket":
        host = urllib.parse.urlsplit(base).hostname or "localhost"
        return PlacedCall(DIALECTS[protocol](call_id, {}), TcpLink(host, target.audiosocket_port))
    parameters = {"caller": caller} if caller else {}
    if protocol in STREAMS:
        url = _ws(f"{base}/telephony/{STREAMS[protocol]}/stream")
    elif protocol == "vonage":
        url, parameters = _ask_vonage(base, call_id, caller)
    else:
        url, parameters = _ask_xml(base, protocol, call_id, caller)
    dialect: Dialect = DIALECTS[protocol](call_id, parameters)
    path = urllib.parse.urlsplit(url)._replace(scheme="", netloc="").geturl()  # the announced origin may be a proxy's
    link: Link = WebSocketLink(_ws(base) + path, dialect.subprotocols, _stream_headers(protocol, url))
    return PlacedCall(dialect, link)


def _ask_xml(base: str, protocol: str, call_id: str, caller: str) -> tuple[str, dict[str, str]]:
    """TwiML, TeXML or Plivo's XML: the stream's URL and the parameters to pass on."""
    fields = {"CallSid": call_id, "CallUUID": call_id, "From": caller, "To": "+10000000000", "Direction": "inbound"}
    url = f"{base}/telephony/{protocol}/voice"
    if protocol == "telnyx" and (token := os.environ.get("COMANDA_STREAM_TOKEN")):
        url += "?" + urllib.parse.urlencode({"token": token})
    body = urllib.parse.urlencode(fields).encode()
    answer = _request(url, body, _signed(protocol, url, fields))
    try:
        stream = next(Xml.fromstring(answer).iter("Stream"))
    except (Xml.ParseError, StopIteration) as error:
        said = " ".join(Xml.fromstring(answer).itertext()) if answer.startswith("<") else answer
        raise CallError(f"The server connects the call to no stream. It says: {said.strip()[:200]}") from error
    if protocol == "plivo":
        pairs = (pair.split("=", 1) for pair in stream.get("extraHeaders", "").split(",") if "=" in pair)
        return (stream.text or "").strip(), {name: value for name, value in pairs}  # noqa: C416
    return stream.get("url", ""), {p.get("name", ""): p.get("value", "") for p in stream.iter("Parameter")}


def _ask_vonage(base: str, call_id: str, caller: str) -> tuple[str, dict[str, str]]:
    query = urllib.parse.urlencode({"uuid": call_id, "from": caller, "to": "10000000000"})
    secret = os.environ.get("COMANDA_VONAGE_SIGNATURE_SECRET")
    headers = {"Authorization": vonage_token(secret, b"", time.time())} if secret else {}
    actions = json.loads(_request(f"{base}/telephony/vonage/answer?{query}", None, headers))
    for action in actions:
        if action.get("action") == "connect" and "uri" in (endpoint := action["endpoint"][0]):
            return str(endpoint["uri"]), dict(endpoint["headers"])
    raise CallError(f"The server connects the call to no stream: {str(actions)[:200]}")


def _signed(protocol: str, url: str, fields: dict[str, str]) -> dict[str, str]:
    lists = {name: [value] for name, value in fields.items()}
    if protocol == "twilio" and (token := os.environ.get("COMANDA_TWILIO_AUTH_TOKEN")):
        return {"X-Twilio-Signature": twilio_signature(token, url, lists)}
    if protocol == "plivo" and (token := os.environ.get("COMANDA_PLIVO_AUTH_TOKEN")):
        nonce = uuid.uuid4().hex
        signature = plivo_signature(token, "POST", url, nonce, lists)
        return {"X-Plivo-Signature-V3": signature, "X-Plivo-Signature-V3-Nonce": nonce}
    return {}


def _stream_headers(protocol: str, url: str) -> dict[str, str]:
    if protocol == "twilio" and (token := os.environ.get("COMANDA_TWILIO_AUTH_TOKEN")):
        return {"X-Twilio-Signature": twilio_signature(token, url, {})}
    if protocol in STREAMS and (token := os.environ.get("COMANDA_STREAM_TOKEN")):
        return {"Authorization": f"Bearer {token}"}
    return {}


def _request(url: str, body: bytes | None, headers: dict[str, str]) -> str:
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as error:
        raise CallError(f"{url} answers {error.code}.{NOT_LET_IN if error.code == 403 else ''}") from error
    except OSError as error:
        raise CallError(f"{url} cannot be reached. Start the server (`comanda run`), or name it with --url.") from error


def transcript(target: Target, call_id: str) -> list[dict[str, Any]]:
    """The turns of a call as the server understood them; [] where it does not tell."""
    try:
        with urllib.request.urlopen(f"{target.url.rstrip('/')}/telephony/calls/{call_id}", timeout=5) as response:
            return list(json.load(response)["turns"])
    except (OSError, ValueError, KeyError):
        return []


def _ws(url: str) -> str:
    return url.replace("http", "ws", 1)
