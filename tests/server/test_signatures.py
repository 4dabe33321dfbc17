"""Who may stream a call: carriers' signatures on webhooks and upgrades, tickets, shared secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode
from uuid import uuid4
from xml.etree import ElementTree as Xml

import pytest
import websocket
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from server.client.dialects import DIALECTS
from server.security import secret_key
from server.state import ServerState
from server.telephony.audiosocket import frame
from server.telephony.audiosocket_server import AudioSocketServer
from server.telephony.contract import CallStarted
from server.telephony.signatures import check_telnyx, check_twilio, plivo_signature, twilio_signature
from server.telephony.streams import authoriser
from tests.server.conftest import PUBLIC, Server
from voice.errors import SettingsError
from voice.settings import Settings
from voice.types import AudioFormat

CALL = {"CallSid": "CA1", "From": "+390299"}


@pytest.fixture
def shop_settings(shop_settings: Settings) -> Settings:
    return shop_settings.model_copy(update={"unsigned_local_calls": False})


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def lists(fields: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in fields.items()}


def twilio_headers(path: str, fields: dict[str, str], token: str = "12345") -> dict[str, str]:
    return {"X-Twilio-Signature": twilio_signature(token, PUBLIC + path, lists(fields))}


def test_twilios_own_test_vector() -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = lists({
        "CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
        "Caller": "+14158675309",
    })  # fmt: skip
    assert twilio_signature("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert check_twilio("12345", url.replace(".com/", ".com:443/"), fields, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert not check_twilio("12346", url, fields, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


def test_a_json_body_is_signed_by_its_hash() -> None:
    body = b'{"a":1}'
    url = "https://x.example/y?bodySHA256=" + hashlib.sha256(body).hexdigest()
    signature = twilio_signature("12345", url, {})
    assert check_twilio("12345", url, {}, signature, body)
    assert not check_twilio("12345", url, {}, signature, body + b" ")


def test_twilio_webhook(client: FlaskClient) -> None:
    path = "/telephony/twilio/voice"
    answer = client.post(path, data=CALL, headers=twilio_headers(path, CALL))
    response = Xml.fromstring(answer.text)
    (stream,) = response.iter("Stream")
    assert stream.get("url") == "wss://orders.example.com/telephony/twilio/stream"
    parameters = {p.get("name"): p.get("value") for p in stream.iter("Parameter")}
    assert parameters["caller"] == "+390299"
    assert [element.tag for element in response] == ["Connect"]
    assert response[0].get("action") == PUBLIC + "/telephony/twilio/next"


@pytest.mark.parametrize("headers", [{}, {"X-Twilio-Signature": "AAAA"}, twilio_headers("/telephony/twilio/voice", {})])
def test_a_missing_or_wrong_signature_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/telephony/twilio/voice", data=CALL, headers=headers).status_code == 403
    assert client.post("/telephony/twilio/next", data=CALL, headers=headers).status_code == 403


def test_the_host_header_is_not_what_is_signed(client: FlaskClient) -> None:
    path = "/telephony/twilio/voice"
    signature = twilio_signature("12345", "https://evil.example.com" + path, lists(CALL))
    headers = {"X-Twilio-Signature": signature, "Host": "evil.example.com"}
    assert client.post(path, data=CALL, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["twilio", "exotel", "asterisk", "jambonz", "freeswitch"])
def test_an_unsigned_upgrade_is_refused(server: Server, path: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(f"{server.ws}/telephony/{path}/stream", timeout=10)


def test_a_signed_upgrade_needs_the_calls_own_ticket(server: Server) -> None:
    path = "/telephony/twilio/stream"
    signature = twilio_signature("12345", PUBLIC.replace("https", "wss") + path, {})
    for ticket, accepted in ((server.shared.signer.ticket("twilio", "CA1"), True), ("", False), ("forged", False)):
        ws = websocket.create_connection(server.ws + path, timeout=10, header={"X-Twilio-Signature": signature})
        try:
            for frame in DIALECTS["twilio"]("CA1", {"ticket": ticket}).open():
                ws.send(frame)
            received = ws.recv()
            assert bool(received) is accepted
        finally:
            ws.shutdown()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("signed", [PUBLIC, PUBLIC.replace("https", "wss") + "/x", "wss://evil.example.com"])
def test_an_upgrade_signed_for_something_else_is_refused(server: Server, signed: str) -> None:
    path = "/telephony/twilio/stream"
    header = {"X-Twilio-Signature": twilio_signature("12345", signed + path, {})}
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(server.ws + path, timeout=10, header=header)


def test_a_ticket_is_for_one_call_of_one_carrier_once(app: Flask) -> None:
    shared: ServerState = app.extensions["comanda"]
    ticket = shared.signer.ticket("twilio", "CA1")

    def judged(provider: str, call_id: str, ticket: str) -> str | None:
        return authoriser(shared, provider, False)(CallStarted(AudioFormat(), call_id, None, {"ticket": ticket}))

    assert judged("twilio", "CA2", shared.signer.ticket("twilio", "CA1")) is None  # a stranger's call
    assert judged("telnyx", "CA1", ticket) is None
    assert judged("twilio", "CA1", ticket) == "CA1"
    assert judged("twilio", "CA1", ticket) is None


def test_telnyx_has_no_action_and_may_bring_the_ticket_in_the_url(client: FlaskClient, app: Flask) -> None:
    answer = client.post("/telephony/telnyx/voice?token=between-us", data=CALL).text
    connect, redirect = Xml.fromstring(answer)
    (stream,) = connect
    assert not connect.attrib
    assert (redirect.tag, redirect.text) == ("Redirect", f"{PUBLIC}/telephony/telnyx/next")
    address, _, ticket = stream.get("url", "").partition("?ticket=")
    assert address == "wss://orders.example.com/telephony/telnyx/stream"
    started = CallStarted(AudioFormat(), "v3:its-own-id")
    assert authoriser(app.extensions["comanda"], "telnyx", False, ticket)(started) == CALL["CallSid"]


def test_a_stranger_does_not_learn_how_a_call_ended(client: FlaskClient) -> None:
    stranger = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/telephony/asterisk/next?call=1").status_code == 403
    assert client.get("/telephony/asterisk/next?call=1&token=between-us").text == "hang_up"
    assert client.get("/telephony/audiosocket/next?call=1").text == "hang_up"
    assert client.get("/telephony/audiosocket/next?call=1", environ_base=stranger).status_code == 403


def test_calls_without_an_id_are_told_apart(app: Flask) -> None:
    judge = authoriser(app.extensions["comanda"], "freeswitch", False)
    first, second = (judge(CallStarted(AudioFormat(), "")) for _ in range(2))
    assert first and second and first != second


def test_a_shared_secret_opens_the_other_streams(server: Server) -> None:
    basic = base64.b64encode(b"asterisk:between-us").decode()
    for headers, query in (
        ({"Authorization": "Bearer between-us"}, ""),
        ({"Authorization": f"Basic {basic}"}, ""),
        ({}, "?token=between-us"),
    ):
        url = f"{server.ws}/telephony/asterisk/stream{query}"
        ws = websocket.create_connection(url, timeout=10, header=headers, subprotocols=["media"])
        assert ws.getsubprotocol() == "media"
        ws.send("MEDIA_START channel_id:1 format:slin")
        assert ws.recv()
        ws.shutdown()  # type: ignore[no-untyped-call]


def test_plivo_webhook(client: FlaskClient) -> None:
    path = "/telephony/plivo/voice"
    fields = {"CallUUID": "12345678-1234-1234-1234-123456789abc", "From": "+390299123456789"}
    signature = plivo_signature("54321", "POST", PUBLIC + path, "nonce", lists(fields))
    headers = {"X-Plivo-Signature-V3": f"old,{signature}", "X-Plivo-Signature-V3-Nonce": "nonce"}
    answer = client.post(path, data=fields, headers=headers)
    (stream,) = Xml.fromstring(answer.text).iter("Stream")
    assert stream.text == "wss://orders.example.com/telephony/plivo/stream"
    assert stream.get("bidirectional") == "true"
    extra = stream.get("extraHeaders", "")  # https://docs.plivo.com/docs/voice/xml/audiostream: which may be passed on
    assert len(extra) <= 512
    assert re.fullmatch("ticket=[A-Za-z0-9]+,caller=390299123456789", extra)
    assert client.post(path, data=fields | {"From": "1"}, headers=headers).status_code == 403


def telnyx_headers(key: Ed25519PrivateKey, body: bytes, timestamp: str) -> dict[str, str]:
    signature = base64.b64encode(key.sign(f"{timestamp}|".encode() + body)).decode()
    return {"telnyx-signature-ed25519": signature, "telnyx-timestamp": timestamp}


def test_telnyx_signs_the_time_and_the_body(client: FlaskClient, app: Flask) -> None:
    key, shared = Ed25519PrivateKey.generate(), app.extensions["comanda"]
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    shared.settings = shared.settings.model_copy(update={"telnyx_public_key": SecretStr(public)})
    body, now = urlencode({"CallSid": "v3:c1", "From": "+390299"}).encode(), int(time.time())

    def ask(headers: dict[str, str], data: bytes = body, path: str = "/telephony/telnyx/voice") -> int:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return client.post(path, data=data, headers=headers | form).status_code

    good = telnyx_headers(key, body, str(now))
    assert ask(good) == 200
    assert ask(good, path="/telephony/telnyx/next") == 200
    assert ask(good, body + b"&From=1") == 403
    assert ask(telnyx_headers(Ed25519PrivateKey.generate(), body, str(now))) == 403
    assert ask(good | {"telnyx-timestamp": str(now + 1)}) == 403
    for age in (400, -400):
        assert ask(telnyx_headers(key, body, str(now - age))) == 403
    for broken in ("", "é", "AAAA", "*" * 88):
        assert ask(good | {"telnyx-signature-ed25519": broken}) == 403
    for time_said in ("", "soon", "1e9", "9" * 40):
        assert ask(telnyx_headers(key, body, time_said)) == 403
    assert ask({}, path="/telephony/telnyx/voice?token=between-us") == 403  # the key takes the shared secret's place


def test_without_telnyxs_key_the_shared_secret_lets_it_in(client: FlaskClient) -> None:
    assert client.post("/telephony/telnyx/voice?token=between-us", data=CALL).status_code == 200
    assert client.post("/telephony/telnyx/voice?token=guessed", data=CALL).status_code == 403
    assert client.post("/telephony/telnyx/voice", data=CALL).status_code == 403


@pytest.mark.parametrize("key", ["", "no key", base64.b64encode(bytes(31)).decode()])
def test_a_key_that_is_none_lets_nobody_in(key: str) -> None:
    assert not check_telnyx(key, "1000", base64.b64encode(bytes(64)).decode(), b"", 1000)


def vonage_token(secret: str, body: bytes, age: float = 0, algorithm: str = "HS256") -> str:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims: dict[str, object] = {"iat": time.time() - age, "payload_hash": hashlib.sha256(body).hexdigest()}
    signed = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"Bearer {signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_vonage_webhook(client: FlaskClient) -> None:
    body = json.dumps({"uuid": "u1", "from": "390299", "to": "44"}).encode()

    def ask(authorization: str, data: bytes = body) -> int:
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        return client.post("/telephony/vonage/answer", data=data, headers=headers).status_code

    assert ask(vonage_token("vonage", body)) == 200
    assert ask(vonage_token("wrong", body)) == 403
    assert ask(vonage_token("vonage", body, age=4000)) == 403
    assert ask(vonage_token("vonage", body, algorithm="none")) == 403
    assert ask(vonage_token("vonage", body), body + b" ") == 403
    for broken in ("", "Bearer", "Bearer a.b.c", "Bearer ..", "Bearer é.é.é"):
        assert ask(broken) == 403


def test_the_ncco_connects_and_then_asks(app: Flask, shop_settings: Settings) -> None:
    with app.test_client() as client:
        query = urlencode({"uuid": "u1", "from": "390299", "to": "44"})
        token = vonage_token("vonage", b"")
        connect, notify = client.get(f"/telephony/vonage/answer?{query}", headers={"Authorization": token}).json  # type: ignore[misc]
    (endpoint,) = connect["endpoint"]
    assert endpoint["uri"] == "wss://orders.example.com/telephony/vonage/stream"
    assert endpoint["content-type"] == "audio/l16;rate=16000"
    assert len(json.dumps(endpoint["headers"])) <= 512
    assert notify["action"] == "notify"


def test_production_needs_a_secret_of_its_own(shop_settings: Settings) -> None:
    bare = shop_settings.model_copy(update={"secret_key": None, "production": True})
    with pytest.raises(SettingsError, match="COMANDA_SECRET_KEY"):
        secret_key(bare)


@pytest.mark.parametrize(
    ("setting", "value"), [("audiosocket_peers", ("192.0.2.0/24",)), ("audiosocket_uuids", (str(uuid4()),))]
)
def test_audiosocket_takes_known_peers_and_uuids_only(server: Server, setting: str, value: tuple[str, ...]) -> None:
    server.shared.settings = server.shared.settings.model_copy(update={setting: value})
    listener = AudioSocketServer(server.shared)
    listener.start()
    try:
        with socket.create_connection(("127.0.0.1", listener.port)) as peer:
            peer.settimeout(5)
            peer.sendall(frame(1, uuid4().bytes))
            with suppress(ConnectionResetError):
                assert peer.recv(100) == b""
    finally:
        listener.close()
