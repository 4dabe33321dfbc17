"""The website's voice button and the pages it stands on: the demonstration shop, the kiosk, what becomes of a voice.

The button's files (static/) are public and may be loaded from any origin; what they talk to, /api, is not.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from server.state import state
from server.widget import menu
from server.widget.policy import secure
from voice.errors import GrammarError
from voice.language import load_language

blueprint = Blueprint(
    "widget", __name__, static_folder="static", static_url_path="/widget", template_folder="templates"
)

PUBLIC = frozenset({"widget.static", "widget.words"})
"""Endpoints that other websites load"""


@blueprint.get("/")
def shop_page() -> str:
    """The demonstration: the shop's own site with the voice button on it."""
    catalogue = state().assistant.catalogue
    words = widget_words(state().settings.language)
    shown = {"menu": menu.rows(catalogue, words["site"]), "hours": menu.hours(catalogue.shop, words["site"])}
    return render_template("shop.html", words=words, shop=catalogue.shop, shop_key=shop_key(), **shown)


@blueprint.get("/kiosk")
def kiosk_page() -> str:
    """The same widget on the whole screen."""
    return whole_screen("kiosk")


def whole_screen(mode: str) -> str:
    """The page of a kiosk. `mode`: "kiosk" talks by the browser's microphone, "screen" shows `comanda kiosk`."""
    words = widget_words(state().settings.language)
    shop = state().assistant.catalogue.shop
    return render_template("kiosk.html", words=words, shop=shop, shop_key=shop_key(), mode=mode)


@blueprint.get("/privacy")
def privacy_page() -> str:
    """What is kept of a conversation, and how long, from the settings in force."""
    words = widget_words(state().settings.language)
    answers = menu.privacy_answers(words["privacy_page"]["answers"], state().settings)
    return render_template("privacy.html", words=words, shop=state().assistant.catalogue.shop, answers=answers)


@blueprint.get("/widget/strings/<language>.json")
def words(language: str) -> Response:
    """The table of the button's words in a page's language, or else in the shop's."""
    try:
        table = widget_words(language.partition("-")[0].lower())
    except GrammarError:  # the page is in a language that nobody has translated yet
        table = widget_words(state().settings.language)
    return jsonify({key: value for key, value in table.items() if key not in ("site", "privacy_page")})


@blueprint.after_request
def protect(response: Response) -> Response:
    return secure(response, request, public=request.endpoint in PUBLIC)


def widget_words(code: str) -> dict[str, Any]:
    """grammars/<code>/widget.yaml, and its "code". Raises GrammarError for a language that lacks it."""
    return {**load_language(code).topic("widget"), "code": code}


def shop_key() -> str:
    """Names the shop's corner of the browser's storage."""
    return str(state().assistant.catalogue.version[:12])
