"""The website's API: tokens bound to an origin, sessions bound to their owner, limits."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
import websocket
from flask import Flask
from flask.testing import FlaskClient

from server.limits import RateLimiter, asker
from server.security import TOKEN_SECONDS, Signer
from server.state import ServerState
from tests.server.conftest import SECRET, Server, tone

SHOP = "https://shop.example.com"
OTHER = "https://evil.example.com"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token(client: FlaskClient, origin: str = SHOP) -> str:
    return str(client.post("/api/token", headers={"Origin": origin}).json["token"])  # type: ignore[index]


def turn(client: FlaskClient, bearer: str, origin: str = SHOP, **body: Any) -> Any:
    headers = {"Origin": origin, "Authorization": f"Bearer {bearer}"}
    return client.post("/api/turn", json={"text": "two lattes", **body}, headers=headers)


def test_a_typed_conversation(client: FlaskClient) -> None:
    bearer = token(client)
    first = turn(client, bearer, text="").json
    assert first["kind"] == "greeting"
    second = turn(client, bearer, session=first["session"]).json
    assert (second["kind"], second["heard"], second["turn"]) == ("text", "two lattes", 2)
    assert second["cart"]["total"] == {"minor": 0, "text": "€0.00"}
    headers = {"Origin": SHOP, "Authorization": f"Bearer {bearer}", "X-Comanda-Session": first["session"]}
    assert client.get("/api/cart", headers=headers).json["cart"]["lines"] == []  # type: ignore[index]


def test_only_allowed_origins_are_served(client: FlaskClient) -> None:
    refused = client.post("/api/token", headers={"Origin": OTHER})
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
    allowed = client.options("/api/turn", headers={"Origin": SHOP})
    assert allowed.status_code == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == SHOP


def test_a_name_that_was_rebound_to_this_machine_is_not_its_own(client: FlaskClient) -> None:
    headers = {"Origin": "http://rebound.example.com", "Host": "rebound.example.com"}
    assert client.post("/api/token", headers=headers).status_code == 403


def test_a_token_serves_its_own_origin_only(client: FlaskClient) -> None:
    bearer = token(client)
    assert turn(client, bearer, origin="http://localhost").status_code == 401
    assert turn(client, bearer + "x").status_code == 401
    assert turn(client, "").status_code == 401
    assert turn(client, bearer).status_code == 200


def test_a_token_expires(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    bearer = token(client)
    later = __import__("time").time() + TOKEN_SECONDS + 5
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    answer = turn(client, bearer)
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "expired_token")


def test_anothers_session_is_refused(client: FlaskClient, app: Flask) -> None:
    bearer = token(client)
    mine = turn(client, bearer, text="").json["session"]
    elsewhere = token(client, "http://localhost")
    assert turn(client, elsewhere, origin="http://localhost", session=mine).status_code == 403
    shared: ServerState = app.extensions["comanda"]
    session_id = shared.signer.session_id(mine, SHOP)
    for forged in (session_id, mine[:-2], Signer("another key" * 4).session_key(str(session_id), SHOP), "a.b"):
        answer = turn(client, bearer, session=forged)
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "bad_session")


def test_sizes_and_rates_are_limited(client: FlaskClient, app: Flask) -> None:
    bearer = token(client)
    assert turn(client, bearer, text="x" * 501).status_code == 400
    assert turn(client, bearer, text="x" * 100_000).status_code == 413
    assert turn(client, bearer, text=["no", "text"]).status_code == 400
    app.extensions["comanda"].turns = RateLimiter(0.001, 2)
    answers = [turn(client, bearer).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert turn(client, bearer).headers["Retry-After"]


def test_metrics_are_for_private_networks(client: FlaskClient) -> None:
    assert "comanda_calls_active" in client.get("/metrics").text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


# --- the WebSocket ---


class Browser:
    """What the widget says and is told."""

    def __init__(self, server: Server, origin: str = SHOP) -> None:
        self.token = token(server.app.test_client(), origin)
        self.ws = websocket.create_connection(f"{server.ws}/api/voice", origin=origin, timeout=10)
        self.audio = b""

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.ws.close(timeout=1)
        self.ws.shutdown()  # type: ignore[no-untyped-call]

    def say(self, **message: Any) -> None:
        self.ws.send(json.dumps(message))

    def hello(self, **more: Any) -> dict[str, Any]:
        self.say(type="hello", token=self.token, rate=16000, **more)
        return self.until("ready")

    def until(self, kind: str) -> dict[str, Any]:
        """The next message of a type; audio is kept, marks are answered at once."""
        while True:
            message = self.ws.recv()
            if isinstance(message, bytes):
                self.audio += message
                continue
            told: dict[str, Any] = json.loads(message)
            if told["type"] == "mark":
                self.say(type="heard", mark=told["mark"])
            if told["type"] == kind:
                return told


def test_a_spoken_conversation_with_push_to_talk(server: Server) -> None:
    with Browser(server) as browser:
        ready = browser.hello()
        assert (ready["rate"], ready["resumed"]) == (16000, False)
        assert browser.until("turn")["kind"] == "greeting"
        assert browser.until("sentence")["mark"] == "0.0"
        browser.until("mark")
        assert len(browser.audio) >= 2 * 0.3 * 16000
        browser.say(type="talk", active=True)
        for _ in range(10):
            browser.ws.send_binary(tone(0.1, 16000).pcm)
        assert browser.until("partial")["text"] == "something"
        browser.say(type="talk", active=False)
        turn = browser.until("turn")
        assert (turn["kind"], turn["heard"], turn["turn"]) == ("speech", "something", 1)


def test_a_held_turn_survives_typing_and_ends_with_the_microphone(server: Server) -> None:
    """Typing in between takes away what was said before it, not what is said after; going off is letting go."""
    with Browser(server) as browser:
        browser.hello(speech=False)
        browser.until("turn")
        browser.say(type="talk", active=True)
        browser.ws.send_binary(tone(0.5, 16000).pcm)
        assert browser.until("partial")["text"] == "something"
        browser.say(type="text", text="two lattes")
        assert browser.until("turn")["heard"] == "two lattes"
        browser.ws.send_binary(tone(0.5, 16000).pcm)
        browser.say(type="mute", active=True)
        assert browser.until("turn")["heard"] == "something"


def test_a_button_held_for_ever_is_answered_all_the_same(server: Server) -> None:
    server.shared.settings = server.shared.settings.model_copy(update={"max_utterance": 5.0})
    with Browser(server) as browser:
        browser.hello(speech=False)
        browser.until("turn")
        browser.say(type="talk", active=True)
        for _ in range(24):
            browser.ws.send_binary(tone(0.25, 16000).pcm)
        assert browser.until("turn")["heard"] == "something"


def test_typed_text_keys_and_silence_in_a_voice_call(server: Server) -> None:
    with Browser(server) as browser:
        browser.hello(speech=False)
        browser.until("turn")
        browser.say(type="text", text="  two   lattes ")
        assert browser.until("turn")["heard"] == "two lattes"
        browser.say(type="key", digit="5")
        assert browser.until("turn")["kind"] == "dtmf"
        browser.say(type="bye")
        assert browser.until("end")["reason"] == "bye"
    assert browser.audio == b""


def test_a_cart_survives_a_reconnect_and_goes_over_to_http(server: Server) -> None:
    with Browser(server) as browser:
        key = browser.hello()["session"]
    with Browser(server) as browser:
        assert browser.hello(session=key)["resumed"] is True
    client = server.app.test_client()
    assert turn(client, token(client), session=key).status_code == 200
    assert len(server.assistant.sessions) == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "hello", "rate": 16000, "token": "forged"}, "bad_token"),
        ({"type": "hello", "rate": 4000, "token": "x"}, "bad_hello"),
        ({"type": "text", "text": "hello"}, "bad_hello"),
    ],
)
def test_a_wrong_hello_is_refused(server: Server, message: dict[str, Any], code: str) -> None:
    with Browser(server) as browser:
        browser.say(**message)
        assert browser.until("error")["code"] == code
        assert browser.until("end")["reason"] == "error"
    server.wait_for_calls(0)


def test_anothers_session_is_refused_by_voice_too(server: Server) -> None:
    with Browser(server) as browser:
        key = browser.hello()["session"]
    for session in (key[:-3], Signer(SECRET).session_key("somebody", OTHER)):
        with Browser(server) as browser:
            browser.say(type="hello", token=browser.token, rate=16000, session=session)
            assert browser.until("error")["code"] == "bad_session"


def test_a_foreign_website_cannot_open_the_socket(server: Server) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(f"{server.ws}/api/voice", origin=OTHER, timeout=10)


def test_audio_much_faster_than_real_time_ends_the_call(server: Server) -> None:
    with Browser(server) as browser:
        browser.hello()
        for _ in range(20):
            browser.ws.send_binary(bytes(32000))
        assert browser.until("error")["code"] == "too_fast"


def test_a_flood_of_messages_ends_the_call(server: Server) -> None:
    with Browser(server) as browser:
        browser.hello(speech=False)
        with suppress(OSError, websocket.WebSocketException):
            for _ in range(200):
                browser.say(type="text", text="two lattes")
        assert browser.until("error")["code"] == "rate_limited"
    server.wait_for_calls(0)
    assert len(server.assistant.turns) < 100


def test_the_browsers_of_one_address_do_not_take_all_lines(server: Server) -> None:
    server.shared.admission.limit = 4
    with Browser(server) as first, Browser(server) as second:
        first.hello()
        second.hello()
        with Browser(server) as third:
            assert third.until("error")["code"] == "busy"
    server.wait_for_calls(0)
    with Browser(server) as later:
        later.hello()


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("unix", "unix"), (None, ""),
    ],
)
def test_limits_count_a_network_of_ipv6_as_one(address: str | None, counted: str) -> None:
    assert asker(address) == counted


def test_more_addresses_of_one_network_do_not_ask_more_often(client: FlaskClient, app: Flask) -> None:
    app.extensions["comanda"].tokens = RateLimiter(0.001, 2)
    asked = [
        client.post("/api/token", headers={"Origin": SHOP}, environ_base={"REMOTE_ADDR": f"2001:db8::{n}"}).status_code
        for n in range(3)
    ]
    assert asked == [200, 200, 429]


def test_when_all_lines_are_taken_the_browser_is_told(server: Server) -> None:
    server.shared.admission.limit = 0
    with Browser(server) as browser:
        told = browser.until("error")
        assert (told["code"], told["retry_after"]) == ("busy", 20)
