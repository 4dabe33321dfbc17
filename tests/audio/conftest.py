from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from voice.language import Language
from voice.settings import Settings
from voice.speech.synthesizer import Synthesizer
from voice.types import AudioChunk

Speak = Callable[[str], AudioChunk]


@pytest.fixture(scope="session")
def speak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speak]:
    """The assistant's voice at 8 kHz."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("voice"), voice="gmw/en-us")
    with Synthesizer(settings, Language("en", {})) as synthesizer:
        yield lambda text: synthesizer.speak(text, 8000)


@pytest.fixture(scope="session")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speak]:
    """A caller's voice at 8 kHz, another one than the assistant's."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("caller"), voice="gmw/en-gb-x-rp", speech_rate=150)
    with Synthesizer(settings, Language("en", {})) as synthesizer:
        yield lambda text: synthesizer.speak(text, 8000)
