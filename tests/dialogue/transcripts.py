"""Runs the readable transcripts of tests/dialogues/<lang>/*.yaml through the whole assistant, typed, on SQLite.

A file is a list of transcripts: `name`, `turns`, and what differs from the ordinary: `menu` (one of
tests/understanding/menus instead of the demonstration shop's), `channel` (phone), `caller`, `at`
(the shop's clock), `settings`, `shop` and `products` (fields of the demonstration shop's to replace). A turn is what
happens (`you`, `heard_as` (the same, recognised from speech), `keys`, `silence`, `hang_up`, `call`, `shop`, and
`heard`: how many sentences were heard before the caller spoke) and what must follow from it: `intents`, `cart`, `says`
(prompt keys, in this order among others), `never` (keys that must not come), `words` (parts of what is said), `stage`,
`expects`, `action`, `total`, `recording` (consent), `kept_as` (the caller's words as they are
kept), `kept` and `ratings` (feedback), `orders` (stored).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from voice.assistant import Assistant
from voice.dialogue.context import words_of
from voice.dialogue.session import Session
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.hours import local_now
from voice.shop.model import Catalogue
from voice.shop.pricing import totals
from voice.shop.storage import Storage
from voice.types import Hypothesis, Turn, Understood, Utterance

FOLDER = Path(__file__).resolve().parent.parent / "dialogues"
MENUS = FOLDER.parent / "understanding" / "menus"
TUESDAY_MORNING = "2026-11-24 10:05"


def transcripts(language: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for file in sorted((FOLDER / language).glob("*.yaml")):
        for transcript in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield f"{file.stem}: {transcript['name']}", transcript


def menu(transcript: Mapping[str, Any]) -> Catalogue:
    name = transcript.get("menu")
    return load_catalogue(MENUS / f"{name}.yaml") if name else load_catalogue()


class Conversation:
    """One transcript under way."""

    def __init__(self, transcript: Mapping[str, Any], folder: Path) -> None:
        self.transcript = transcript
        self.at = str(transcript.get("at", TUESDAY_MORNING))
        settings = Settings(data_dir=folder, **transcript.get("settings", {}))
        self.storage = Storage(settings.database_url)
        self.assistant = Assistant(settings, adapted(menu(transcript), transcript), self.storage, self.clock)
        self.session, self.turn = self.call({})

    def clock(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def call(self, step: Mapping[str, Any]) -> tuple[Session, Turn]:
        channel = step.get("channel", self.transcript.get("channel", "phone"))
        resume = self.session.id if step.get("resume") else None
        return self.assistant.start(channel, self.transcript.get("caller"), resume)

    def run(self) -> None:
        for number, step in enumerate(self.transcript["turns"], 1):
            self.take(step)
            where = f"turn {number} ({step.get('you', step)}): {' '.join(self.turn.sentences)!r}"
            check(self, step, where)

    def take(self, step: Mapping[str, Any]) -> None:
        self.at = str(step.get("at", self.at))
        if "heard" in step:
            self.assistant.heard(self.session, step["heard"])
        if step.get("hang_up"):
            self.assistant.hang_up(self.session)
        elif "call" in step:
            self.session, self.turn = self.call(step["call"] or {})
        elif "shop" in step or "products" in step:
            self.assistant.use(replace(adapted(self.assistant.catalogue, step), version="2"))
        elif "greeting" not in step:
            self.turn = self.assistant.take_turn(self.session, utterance(step))
        assert Session.from_json(self.session.to_json()) == self.session


def utterance(step: Mapping[str, Any]) -> Utterance:
    if "keys" in step:
        return Utterance.keys(str(step["keys"]))
    if "heard_as" in step:
        return Utterance("speech", (Hypothesis(step["heard_as"], confidence=step.get("sure", 1.0)),))
    return Utterance.silence() if "silence" in step else Utterance.typed(step["you"])


def adapted(catalogue: Catalogue, changes: Mapping[str, Any]) -> Catalogue:
    """The demonstration shop with other fields."""
    products = changes.get("products", {})
    changed = tuple(replace(p, **products.get(p.name, {})) for p in catalogue.products)
    return replace(catalogue, shop=replace(catalogue.shop, **changes.get("shop", {})), products=changed)


def check(talk: Conversation, step: Mapping[str, Any], where: str) -> None:
    session, turn = talk.session, talk.turn
    keys = [prompt.key for prompt in turn.reply.prompts]
    if "intents" in step:
        found = turn.interpretation
        names = [i.name for i in found.intents] if isinstance(found, Understood) else [type(found).__name__]
        assert names == step["intents"], f"{where}: understood {names}"
    if "cart" in step:
        assert cart(talk) == step["cart"], f"{where}: {json.dumps(cart(talk))}"
    rest = iter(keys)
    for key in as_list(step.get("says")):
        assert key in rest, f"{where}: '{key}' was not said, or not in that order: {keys}"
    for key in as_list(step.get("never")):
        assert key not in keys, f"{where}: '{key}' was said: {keys}"
    for words in as_list(step.get("words")):
        assert words.lower() in " ".join(turn.sentences).lower(), f"{where}: {words!r} is missing"
    facts = {
        "stage": session.stage, "expects": turn.reply.expects.kind, "action": turn.reply.action,
        "rate": turn.reply.rate, "outcome": session.outcome,
    }
    if "recording" in step:
        assert session.recording_consent == step["recording"], f"{where}: {session.recording_consent}"
    for name, value in facts.items():
        assert step.get(name, value) == value, f"{where}: {name} is {value!r}"
    assert step.get("kept_as", turn.utterance.text) == turn.utterance.text, where
    if "total" in step:
        catalogue = talk.assistant.catalogue
        costs = totals(catalogue, session.cart, session.fulfilment, local_now(catalogue.shop, talk.clock()))
        assert costs.total == step["total"], f"{where}: the total is {costs.total}"
    if "kept" in step or "ratings" in step:
        with talk.storage.unit_of_work() as uow:
            entries = sorted(uow.feedback.list(), key=lambda entry: entry.given_at)
        assert step.get("kept", []) == [entry.text for entry in entries if entry.text], where
        assert step.get("ratings", []) == [entry.rating for entry in entries if entry.rating], where
    if "orders" in step:
        assert stored_orders(talk.storage) == step["orders"], f"{where}: {stored_orders(talk.storage)} orders"
    assert keys.count("ask.anything_else") <= 1, where


def cart(talk: Conversation) -> list[str]:
    """The cart as it is read back."""
    catalogue, wording = talk.assistant.catalogue, talk.assistant.engine("en").prompts.wording
    return [wording.item(words_of(catalogue, line)) for line in talk.session.cart.lines]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def stored_orders(storage: Storage) -> int:
    with storage.unit_of_work() as uow:
        return len(list(uow.orders.list()))
