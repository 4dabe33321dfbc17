"""The pages of the shop and the files of the voice button, as the server gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from server.app import create_app
from voice.assistant import Assistant
from voice.settings import Settings
from voice.shop.display import money

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "server" / "widget" / "static"
PAGES = ("/", "/kiosk", "/privacy")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Assistant.open(Settings(data_dir=tmp_path_factory.mktemp("data"), database="sqlite://")) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> FlaskClient:
    return create_app(assistant.settings, assistant).test_client()


@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_a_policy_without_anything_inline(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "microphone=(self)" in response.headers["Permissions-Policy"]
    page = response.get_data(as_text=True)
    assert not re.search(r"<style|style=|<script(?![^>]*\bsrc=)|\son\w+=|javascript:", page, re.IGNORECASE)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ["No. The sound is used", "After 30 days"]),
        ({"recording": "ask"}, ["Only if you agree", "is kept for 30 days"]),
        ({"retention_days": 0}, ["No. The sound is used", "For as long as the shop needs it"]),
    ],
)
def test_the_privacy_page_says_what_the_settings_do(
    assistant: Assistant, changes: dict[str, object], told: list[str]
) -> None:
    page = create_app(assistant.settings.model_copy(update=changes), assistant).test_client().get("/privacy").text
    for words in told:
        assert words in page
    assert ("Only if you agree" in page) == ("recording" in changes)


def test_the_menu_is_the_catalogue(client: FlaskClient, assistant: Assistant) -> None:
    page = client.get("/").get_data(as_text=True)
    for product in assistant.catalogue.products:
        assert product.name in page
        price = min((variant.price for variant in product.variants), default=product.price)
        assert money(price, assistant.catalogue.shop) in page


def test_other_websites_may_load_the_button_but_not_frame_the_pages(client: FlaskClient) -> None:
    for file in STATIC.glob("*.js"):
        with client.get(f"/widget/{file.name}") as response:
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert "javascript" in response.headers["Content-Type"]
    for path in PAGES:
        response = client.get(path)
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_nothing_but_the_static_files_is_served(client: FlaskClient) -> None:
    for path in ("/widget/pages.py", "/widget/../pages.py", "/widget/%2e%2e/pages.py", "/widget/templates/shop.html"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("language", ["en", "en-GB", "EN", "xx", "..%2f..%2fintents", "en%00"])
def test_words_come_in_the_pages_language_or_else_the_shops(client: FlaskClient, language: str) -> None:
    response = client.get(f"/widget/strings/{language}.json")
    if response.status_code == 404:
        assert "%" in language  # a path, which no route has
    else:
        assert response.get_json()["code"] == "en"
        assert response.get_json()["talk"]


def used_keys() -> str:
    """Everything that could name a word: scripts and templates."""
    widget = ROOT / "server" / "widget"
    files = [*STATIC.glob("*.js"), *widget.glob("templates/*.html"), widget / "menu.py", widget / "pages.py"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def keys(table: Any) -> Iterator[str]:
    if isinstance(table, dict):
        for key, value in table.items():
            yield str(key)
            yield from keys(value)


def test_every_word_is_shown_somewhere() -> None:
    table = yaml.safe_load((ROOT / "grammars/en/widget.yaml").read_text(encoding="utf-8"))
    code = used_keys()
    by_value = {"one", "other", *table["state"], *table["microphone"], *table["privacy_page"]["answers"]}
    unused = {key for key in keys(table) if key not in by_value and not re.search(rf"\b{key}\b", code)}
    assert not unused, f"grammars/en/widget.yaml: remove {sorted(unused)}, nothing shows them"


@pytest.mark.parametrize("topic", ["widget", "dashboard"])
def test_every_language_has_the_same_words(topic: str) -> None:
    english = ROOT / "grammars" / "en" / f"{topic}.yaml"
    wanted = set(keys(yaml.safe_load(english.read_text(encoding="utf-8"))))
    for file in (ROOT / "grammars").glob(f"*/{topic}.yaml"):
        missing = wanted - set(keys(yaml.safe_load(file.read_text(encoding="utf-8"))))
        assert not missing, f"{file.relative_to(ROOT)} lacks {sorted(missing)}: translate them from {english.name}"


def test_the_scripts_are_small_and_evaluate_nothing() -> None:
    for file in STATIC.glob("*.js"):
        code = file.read_text(encoding="utf-8")
        assert code.count("\n") <= 320, f"{file.name} is too long"
        assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML", code)
