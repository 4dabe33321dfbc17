"""What the README gives to paste is what the server serves: addresses, TwiML, NCCO, the script tag."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as Xml

import pytest
from flask import Flask
from pydantic import SecretStr

from server.app import create_app
from server.kiosk.pages import screen_pages
from server.kiosk.screen import Screen
from server.telephony.streams import PROVIDERS
from tests.server.conftest import SECRET, PromptAssistant
from voice.settings import Settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
HERE = re.compile(r"(?:https?|wss?)://(?:YOUR_HOST|127\.0\.0\.1:8080|localhost:8080)(/[\w/.-]*(?:\?[\w=&${}]*)?)")
ELIDED = "…"
"""Stands in the README for what differs from call to call"""


@pytest.fixture
def app(shop_settings: Settings, assistant: PromptAssistant) -> Flask:
    settings = shop_settings.model_copy(update={"public_url": "https://YOUR_HOST", "secret_key": SecretStr(SECRET)})
    app = create_app(settings, assistant)  # type: ignore[arg-type]
    app.register_blueprint(screen_pages(Screen(assistant, push_to_talk=False)))  # type: ignore[arg-type]
    return app


def snippets(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def addresses() -> Iterator[str]:
    return (match[1] for match in HERE.finditer(README))


def same(shown: Any, real: Any) -> bool:
    """Whether all that is shown is there; what is real may hold more (who calls)."""
    if shown == ELIDED:
        return bool(real)
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(name in real and same(value, real[name]) for name, value in shown.items())
    if isinstance(shown, list):
        return isinstance(real, list) and len(shown) == len(real) and all(map(same, shown, real))
    return bool(shown == real)


def tree(element: Xml.Element) -> dict[str, Any]:
    return {"tag": element.tag, **element.attrib, "inner": [tree(child) for child in element]}


def test_every_address_is_served(app: Flask) -> None:
    shown = set(addresses())
    assert len(shown) > 10
    routes = app.url_map.bind("YOUR_HOST")
    for address in shown:
        path = urlsplit(address).path or "/"
        methods = [m for m in ("GET", "POST") if routes.test(path, method=m)]
        streams = path.startswith("/telephony/") and path.endswith("/stream")
        assert methods or streams, f"README.md: nothing is served at {path}"
        if streams:
            assert path.split("/")[2] in PROVIDERS


def test_the_addresses_that_a_dialplan_asks_answer(app: Flask) -> None:
    client = app.test_client()
    asked = [address for address in addresses() if "/next?" in address]
    assert len(asked) == 2
    for address in asked:
        assert set(parse_qs(urlsplit(address).query)) <= {"call", "token"}
        response = client.get(address.replace("YOUR_STREAM_TOKEN", "between-us"))
        assert (response.status_code, response.text) == (200, "hang_up")


def test_the_twiml_is_what_twilio_is_answered(app: Flask) -> None:
    (shown,) = snippets("xml")
    answer = app.test_client().post("/telephony/twilio/voice", data={"CallSid": "CA1"}).text
    assert same(tree(Xml.fromstring(shown)), tree(Xml.fromstring(answer)))


def test_the_ncco_is_what_vonage_is_answered(app: Flask) -> None:
    (shown,) = [json.loads(text) for text in snippets("json") if text.startswith("[")]
    answer = app.test_client().get("/telephony/vonage/answer?uuid=u1&from=39&to=40").json
    assert same(shown, answer)


def test_the_script_tag_loads_the_button(app: Flask) -> None:
    (tag,) = snippets("html")
    (address,) = HERE.findall(tag)
    with app.test_client().get(address, headers={"Origin": "https://shop.example.com"}) as response:
        assert response.status_code == 200
        assert response.mimetype in ("text/javascript", "application/javascript")
