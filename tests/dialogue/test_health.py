"""What somebody must not eat is known for the length of the call, and stands nowhere, in the database or in logs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from voice.assistant import Assistant
from voice.dialogue.health import HealthMemory
from voice.dialogue.session import Session
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.storage import Storage
from voice.types import Turn, Utterance

TUESDAY = datetime(2026, 11, 24, 10, 5)
CALLER = "+31205550142"
ALLERGY = re.compile(r"\bnuts?\b|\ballerg", re.IGNORECASE)


class Shop:
    """The demonstration shop, whose clock goes where a test sets it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, TUESDAY
        settings = Settings(data_dir=folder)
        storage = Storage(settings.database_url)
        self.assistant = Assistant(settings, load_catalogue(), storage, lambda: self.now)

    def say(self, session: Session, *sentences: str) -> Turn:
        for sentence in sentences:
            turn = self.assistant.take_turn(session, Utterance.typed(sentence))
        return turn

    def written(self) -> str:
        """All that is in files, as text."""
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        return "".join(file.read_bytes().decode("latin-1") for file in files).lower()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.assistant.close()


def warns(turn: Turn) -> bool:
    return any(prompt.key == "allergens.contains" for prompt in turn.reply.prompts)


def test_an_allergy_is_warned_of_while_the_call_lasts_and_is_written_nowhere(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    session, _ = shop.assistant.start("phone", CALLER)
    shop.say(session, "I'm allergic to nuts")
    assert not ALLERGY.search(shop.written())
    assert warns(shop.say(session, "a brownie"))
    assert not ALLERGY.search(shop.written())
    shop.say(session, "yes", "that's all", "pick up", "Anna", "yes")
    assert session.order_number
    shop.assistant.hang_up(session)
    assert "brownie" in shop.written()
    assert not ALLERGY.search(shop.written())
    assert not ALLERGY.search(caplog.text)


def test_a_note_to_the_kitchen_goes_with_the_order_and_is_erased_with_the_person(shop: Shop) -> None:
    session, _ = shop.assistant.start("phone", CALLER)
    shop.say(session, "a latte, I'm allergic to nuts", "small", "that's all", "pick up", "Anna", "yes")
    assert notes(shop) == ["i'm allergic to nuts"]
    shop.assistant.storage.forget(CALLER)
    assert notes(shop) == ["i'm allergic to nuts"], "the kitchen may not have made it yet"
    shop.assistant.storage.purge(datetime(2100, 1, 1, tzinfo=timezone.utc))
    assert notes(shop) == []


def notes(shop: Shop) -> list[str]:
    with shop.assistant.storage.unit_of_work(read_only=True) as uow:
        return [note for order in uow.orders.list() for line in order.draft.lines for note in line.item.notes]


def test_the_next_call_knows_of_none(shop: Shop) -> None:
    session, _ = shop.assistant.start("phone", CALLER)
    shop.say(session, "a croissant", "I'm allergic to nuts")
    shop.assistant.hang_up(session)
    shop.now += timedelta(hours=1)
    later, _ = shop.assistant.start("phone", CALLER)
    assert later.cart.lines == session.cart.lines
    assert later.avoid == ()
    assert not warns(shop.say(later, "yes", "a brownie"))


def test_who_is_cut_off_for_a_moment_is_still_warned(shop: Shop) -> None:
    session, _ = shop.assistant.start("web")
    answered = shop.say(session, "I'm allergic to nuts")
    back, turn = shop.assistant.start("web", resume=session.id)
    assert turn.sentences == answered.sentences
    assert warns(shop.say(back, "a brownie"))


@pytest.mark.parametrize("channel", ["web", "phone"])
def test_after_a_longer_cut_it_is_forgotten(shop: Shop, channel: str) -> None:
    session, _ = shop.assistant.start(channel)
    shop.say(session, "I'm allergic to nuts")
    shop.now += timedelta(hours=1)
    back, _ = shop.assistant.start(channel, resume=session.id)
    assert back.avoid == ()


def test_after_a_crash_in_mid_warning_the_caller_is_welcomed_back(shop: Shop) -> None:
    session, _ = shop.assistant.start("web")
    shop.say(session, "I'm allergic to nuts")
    with Storage(Settings(data_dir=shop.folder).database_url) as storage:
        again = Assistant(shop.assistant.settings, shop.assistant.catalogue, storage, lambda: TUESDAY)
        _, turn = again.start("web", resume=session.id)
        assert turn.sentences


def test_who_wants_his_data_deleted_is_not_remembered_to_be_allergic(shop: Shop) -> None:
    session, _ = shop.assistant.start("phone", CALLER)
    shop.say(session, "I'm allergic to nuts", "delete my data")
    assert session.avoid == ()


def test_memory_forgets_what_is_old() -> None:
    memory = HealthMemory(0.0)
    memory.keep(Session("a", avoid=("nuts",)))
    back = Session("a")
    memory.restore(back)
    assert back.avoid == ()
