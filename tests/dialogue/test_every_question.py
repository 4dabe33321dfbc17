"""What always works does so whatever was asked: every question of the dialogue with every request that is no answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from tests.dialogue.transcripts import TUESDAY_MORNING
from voice.assistant import Assistant
from voice.dialogue.session import Session
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.storage import Storage
from voice.types import Understood, Utterance

TABLE = yaml.safe_load(Path(__file__).with_name("every_question.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("shop"))
    storage = Storage(settings.database_url)
    with Assistant(settings, load_catalogue(), storage, lambda: datetime.fromisoformat(TUESDAY_MORNING)) as made:
        yield made


@pytest.mark.parametrize("asked", TABLE["asked"])
def test_what_always_works(asked: str, assistant: Assistant) -> None:
    session, turn = assistant.start("phone")
    for words in TABLE["asked"][asked]:
        turn = assistant.take_turn(session, Utterance.typed(words))
    assert turn.reply.expects.kind == asked.partition(",")[0] or session.stage == "placed"
    before = session.to_json()
    wrong = []
    for said, intent in TABLE["said"].items():
        here = Session.from_json(before)
        found = assistant.take_turn(here, Utterance.typed(said)).interpretation
        names = [i.name for i in found.intents] if isinstance(found, Understood) else [type(found).__name__]
        if names != [intent]:
            wrong.append(f"{said}: {names}, not {intent}")
    assert not wrong, "\n".join(wrong)
