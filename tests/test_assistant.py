"""The assistant as channels use it: many calls at once, dropped lines, a failing disk, a changing catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from voice.assistant import Assistant
from voice.dialogue.privacy import MASK, mask_card_numbers
from voice.dialogue.session import Session
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.storage import Storage
from voice.types import NoInput, NoMatch, Turn, Utterance

TUESDAY = datetime(2026, 11, 24, 10, 5)
UP_TO_THE_PRICE = ("a brownie", "that's all", "pick up", "Anna")


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path)
    with Assistant(settings, load_catalogue(), Storage(settings.database_url), lambda: TUESDAY) as made:
        yield made


def say(assistant: Assistant, session: Session, *sentences: str) -> Turn:
    for sentence in sentences:
        turn = assistant.take_turn(session, Utterance.typed(sentence))
    return turn


def orders(assistant: Assistant) -> int:
    with assistant.storage.unit_of_work(read_only=True) as uow:
        return len(uow.orders.list())


def keys(turn: Turn) -> list[str]:
    return [prompt.key for prompt in turn.reply.prompts]


def test_open_greets_and_tells_the_times(tmp_path: Path) -> None:
    with Assistant.open(Settings(data_dir=tmp_path)) as assistant:
        session, turn = assistant.start("web")
        assert session.channel == "web"
        assert turn.sentences[0].startswith("Hello")
        answered = say(assistant, session, "what time do you close")
        assert {"understanding", "dialogue", "prompts", "storage"} <= set(answered.milliseconds)


def test_many_calls_at_once_get_an_order_each(assistant: Assistant) -> None:
    def call(_: int) -> str:
        session, _turn = assistant.start("phone")
        say(assistant, session, *UP_TO_THE_PRICE, "yes")
        return session.order_number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(call, range(16)))
    assert len(set(numbers)) == 16
    assert orders(assistant) == 16


def test_a_session_round_trips_and_goes_on_where_it_stopped(assistant: Assistant) -> None:
    session, _ = assistant.start("phone", caller="+31205550142")
    say(assistant, session, "two large lattes with oat milk", "a cappuccino")
    copy = Session.from_json(session.to_json())
    assert copy == session
    assert say(assistant, copy, "small").reply.expects.kind == "anything"


def test_the_same_yes_twice_places_one_order(assistant: Assistant) -> None:
    session, _ = assistant.start("phone")
    say(assistant, session, *UP_TO_THE_PRICE)
    retried = Session.from_json(session.to_json())
    first, second = say(assistant, session, "yes"), say(assistant, retried, "yes")
    assert keys(first)[0] == keys(second)[0] == "order.placed"
    assert session.order_number == retried.order_number
    assert orders(assistant) == 1


def test_an_order_that_cannot_be_stored_is_told_and_handed_over(assistant: Assistant, tmp_path: Path) -> None:
    session, _ = assistant.start("phone")
    say(assistant, session, *UP_TO_THE_PRICE)
    with sqlite3.connect(tmp_path / "comanda.db") as connection:
        connection.execute("ALTER TABLE orders RENAME TO gone")
    turn = say(assistant, session, "yes")
    assert keys(turn)[:2] == ["order.not_stored", "handover.transfer"]
    assert turn.reply.action == "transfer"
    assert session.cart.lines
    assert not session.order_number


def test_a_call_keeps_the_catalogue_it_began_with(assistant: Assistant) -> None:
    session, _ = assistant.start("phone")
    say(assistant, session, "a brownie")
    old = assistant.catalogue
    dearer = tuple(replace(p, price=p.price * 2, variants=()) for p in old.products)
    assistant.use(replace(old, products=dearer, version="dearer"))
    assert "three euros twenty" in say(assistant, session, "how much is it all together").sentences[0]
    later, _ = assistant.start("phone")
    say(assistant, later, "a brownie")
    assert "six euros forty" in say(assistant, later, "how much is it all together").sentences[0]


def test_a_changed_price_is_told_anew_to_who_comes_back(assistant: Assistant) -> None:
    session, _ = assistant.start("phone")
    say(assistant, session, *UP_TO_THE_PRICE)
    assistant.hang_up(session)
    old = assistant.catalogue
    dearer = tuple(replace(p, price=p.price * 2) for p in old.products)
    assistant.use(replace(old, products=dearer, version="dearer"))
    resumed, _ = assistant.start("phone", resume=session.id)
    turn = say(assistant, resumed, "yes")
    assert "six euros forty" in " ".join(turn.sentences)
    assert orders(assistant) == 0


def test_card_numbers_are_nowhere(assistant: Assistant, tmp_path: Path) -> None:
    session, _ = assistant.start("phone")
    turn = say(assistant, session, "my card number is 4111 1111 1111 1111")
    assert MASK in turn.utterance.text
    assert "1111" not in session.to_json()
    assert keys(turn)[0] == "privacy.no_cards"


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("4111 1111 1111 1111 please", f"{MASK} please"), ("5500-0000-0000-0004", MASK),
        ("four one one one one one one one one one one one one one one one", MASK),
        ("my number is 020 555 0142", "my number is 020 555 0142"), ("two lattes", "two lattes"),
    ],
)
def test_what_is_a_card_number(said: str, masked: str) -> None:
    assert mask_card_numbers(said, "en") == masked


def test_silence_and_noise_are_told_apart(assistant: Assistant) -> None:
    session, _ = assistant.start("phone")
    assert isinstance(assistant.take_turn(session, Utterance.silence()).interpretation, NoInput)
    assert isinstance(assistant.take_turn(session, Utterance("speech")).interpretation, NoMatch)


def test_the_answer_is_spoken_sentence_by_sentence(assistant: Assistant) -> None:
    _, turn = assistant.start("phone")
    chunks = assistant.speak(turn, 8000)
    first = next(chunks)
    assert first.rate == 8000
    assert first.seconds > 0.5
    assert len(list(chunks)) == len(turn.sentences) - 1


ODD = ["\x00\x01", "🥐🥐🥐", "a" * 5000, "minus two lattes", "латте", "a million muffins", "' OR 1=1"]


@pytest.mark.parametrize("text", ODD)
def test_odd_words_change_nothing(assistant: Assistant, text: str) -> None:
    session, _ = assistant.start("phone")
    say(assistant, session, text)
    assert all(0 < line.quantity <= 20 for line in session.cart.lines)
    assert orders(assistant) == 0
