"""Every readable transcript of tests/dialogues, through the real understanding, dialogue and SQLite storage."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.dialogue.transcripts import Conversation, transcripts

ENGLISH = dict(transcripts("en"))


@pytest.mark.parametrize("name", ENGLISH)
def test_dialogue(name: str, tmp_path: Path) -> None:
    transcript: Mapping[str, Any] = ENGLISH[name]
    talk = Conversation(transcript, tmp_path)
    try:
        talk.run()
    finally:
        talk.assistant.close()


def test_there_are_enough_of_them() -> None:
    assert len(ENGLISH) >= 80
