"""The kiosk's page is told what is said at the machine's microphone, and nobody else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.kiosk.pages import screen_pages
from server.kiosk.screen import MAX_MESSAGES, Screen
from tests.server.conftest import PromptAssistant
from voice.dialogue.session import new_session
from voice.kiosk import Button, Shown
from voice.types import NoMatch, Reply, Turn, Utterance

ALL_HERE = {"Origin": "http://localhost"}


@pytest.fixture
def screen(assistant: PromptAssistant) -> Screen:
    return Screen(assistant, push_to_talk=True)  # type: ignore[arg-type]


@pytest.fixture
def client(app: Flask, screen: Screen) -> FlaskClient:
    app.register_blueprint(screen_pages(screen))
    return app.test_client()


def turn(*sentences: str) -> Turn:
    return Turn(Utterance.typed("one latte"), NoMatch(), Reply(()), sentences, {})


def told(events: Iterator[str], count: int) -> list[dict[str, Any]]:
    return [json.loads(next(events).removeprefix("data: ")) for _ in range(count)]


def test_a_page_is_told_what_stands_there_and_then_what_comes(screen: Screen) -> None:
    session = new_session("kiosk", "en")
    screen.show(Shown("turn", turn=turn("Hello."), session=session))
    events = screen.watch()
    begin, greeting = told(events, 2)
    assert begin == {"type": "begin", "push_to_talk": True}
    assert (greeting["type"], greeting["sentences"], greeting["turn"]) == ("turn", ["Hello."], 0)
    assert greeting["cart"]["lines"] == []
    screen.show(Shown("partial", "one lat"))
    assert told(events, 1) == [{"type": "partial", "text": "one lat"}]
    screen.show(Shown("device_lost", "/dev/snd is gone"))
    assert told(events, 1)[0]["type"] == "device_lost"


def test_the_next_customer_begins_with_an_empty_screen(screen: Screen) -> None:
    screen.show(Shown("turn", turn=turn("Hello."), session=new_session("kiosk", "en")))
    screen.show(Shown("idle"))
    events = screen.watch()
    assert [message["type"] for message in told(events, 3)] == ["begin", "turn", "idle"]
    screen.show(Shown("turn", turn=turn("Good morning."), session=new_session("kiosk", "en")))
    assert [message["type"] for message in told(events, 2)] == ["begin", "turn"]
    assert [message["type"] for message in told(screen.watch(), 2)] == ["begin", "turn"]


def test_a_long_conversation_does_not_fill_the_memory(screen: Screen) -> None:
    session = new_session("kiosk", "en")
    for number in range(3 * MAX_MESSAGES):
        screen.show(Shown("turn", turn=turn(f"{number}"), session=session))
        screen.show(Shown("partial", f"{number}"))
    assert len(screen._messages) <= MAX_MESSAGES
    events = screen.watch()
    assert told(events, 2)[1]["type"] == "turn"


def test_the_pages_button_is_the_kiosks(client: FlaskClient, screen: Screen) -> None:
    assert screen.button() is Button.NOTHING
    for active in (True, False):
        assert client.post("/kiosk/button", json={"active": active}, headers=ALL_HERE).status_code == 204
    assert (screen.button(), screen.button()) == (Button.BEGIN, Button.END)
    wrong: object
    for wrong in ({}, {"active": "yes"}, []):
        assert client.post("/kiosk/button", json=wrong, headers=ALL_HERE).status_code == 400


def test_only_this_machines_own_browser_looks_on(client: FlaskClient, screen: Screen) -> None:
    screen.show(Shown("turn", turn=turn("Hello."), session=new_session("kiosk", "en")))
    page = client.get("/kiosk/screen")
    assert 'data-mode="screen"' in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    for path in ("/kiosk/screen", "/kiosk/events"):
        assert client.get(path, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
        assert client.get(path, base_url="http://rebound.example").status_code == 403
    elsewhere = {"Origin": "https://evil.example"}
    assert client.post("/kiosk/button", json={"active": True}, headers=elsewhere).status_code == 403
    with client.get("/kiosk/events", headers=ALL_HERE, buffered=False) as events:
        assert events.mimetype == "text/event-stream"
        assert b"push_to_talk" in next(iter(events.response))
    assert screen.button() is Button.NOTHING


