"""The embedded model in the form of the official small ones, and a shop's grammar laid over it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import voice.recognition.service as service_module
from voice.errors import ModelError
from voice.language import load_language
from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.lookahead_model import find_fstconvert, lookahead_model
from voice.recognition.models import inspect
from voice.recognition.overlay import model_words, overlay_folder, replaced_words, time_scale
from voice.recognition.service import RecognitionService
from voice.settings import Settings
from voice.shop.model import Catalogue, Product, Shop
from voice.speech.synthesizer import Synthesizer
from voice.types import AudioChunk

ORDER = "can i have a large latte with oat milk and a blueberry muffin please"
STRANGE = Catalogue(Shop("Another bar"), (Product("gnocchi", "gnocchi", 900), Product("arancini", "arancini", 500)))


@pytest.fixture(scope="module")
def model(settings: Settings, catalogue: Catalogue) -> Path:
    try:
        find_fstconvert()
    except ModelError as error:
        pytest.skip(str(error))
    return lookahead_model(settings.models_dir, catalogue, 500)


@pytest.fixture(scope="module")
def over(settings: Settings, model: Path) -> Settings:
    return settings.model_copy(update={"model": model})


@pytest.fixture(scope="module")
def service(over: Settings, catalogue: Catalogue) -> RecognitionService:
    return RecognitionService(over, catalogue, "en")


@pytest.fixture(scope="module")
def strange(over: Settings) -> RecognitionService:
    return RecognitionService(over, STRANGE, "en")


@pytest.fixture(scope="module")
def say(settings: Settings) -> Callable[[str], AudioChunk]:
    with Synthesizer(settings, load_language("en")) as synthesizer:
        texts = (ORDER, "two gnocchi please", "an arancini please")
        spoken = {text: synthesizer.speak(text, 16000) for text in texts}
    return spoken.__getitem__


def test_the_model_has_the_form_of_an_official_one(model: Path) -> None:
    assert inspect(model, "en").kind == "lookahead"
    words = model_words(model)
    assert {"[unk]", "latte", "the"} <= words.keys() and "arancini" not in words
    assert len(set(words.values())) == len(words) and min(words.values()) > 0
    assert time_scale(model) == pytest.approx(1 / 3)


def test_an_order_is_heard_through_the_overlay(service: RecognitionService, say: Callable[[str], AudioChunk]) -> None:
    recognizer = service.recognizer(16000)
    recognizer.accept(say(ORDER))
    recognizer.accept(AudioChunk(bytes(32000), 16000))
    assert recognizer.complete()
    heard = recognizer.finish()
    assert {"large", "latte", "oat", "milk", "blueberry", "muffin"} <= set(heard.text.split())
    last = heard.hypotheses[0].words[-1]
    assert say(ORDER).seconds / 2 < last.end <= say(ORDER).seconds + 1.2


@pytest.mark.parametrize(("text", "word"), [("two gnocchi please", "gnocchi"), ("an arancini please", "arancini")])
def test_a_word_that_the_model_lacks_is_heard_and_told_as_itself(
    strange: RecognitionService, say: Callable[[str], AudioChunk], text: str, word: str
) -> None:
    heard = strange.recognize(say(text))
    assert word in heard.text
    assert "~" not in heard.text and [w.text for w in heard.hypotheses[0].words] == heard.text.split()


def test_what_was_replaced_is_told(over: Settings, model: Path) -> None:
    folder = overlay_folder(STRANGE, "en", "open", model, over.cache_dir)
    replaced = replaced_words(folder)
    known = model_words(model)
    assert "arancini" in replaced and "please" not in replaced
    assert all(word in known for texts in replaced.values() for text in texts for word in text.split())
    assert not list(over.cache_dir.rglob(".building-*"))


def test_the_overlay_leaves_the_model_alone(over: Settings, catalogue: Catalogue, model: Path) -> None:
    folder = overlay_folder(catalogue, "en", "open", model, over.cache_dir)
    assert folder == overlay_folder(catalogue, "en", "open", model, over.cache_dir)
    for name in ("Gr.fst", "words.txt"):
        assert not (folder / "graph" / name).is_symlink()
        assert (folder / "graph" / name).read_bytes() != (model / "graph" / name).read_bytes()
    assert (folder / "graph" / "HCLr.fst").samefile(model / "graph" / "HCLr.fst")


def test_the_phrase_list_is_the_last_resort(
    over: Settings, catalogue: Catalogue, say: Callable[[str], AudioChunk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Path:
        raise ModelError("no compiler")

    monkeypatch.setattr(service_module, "overlay_folder", refuse)
    service = RecognitionService(over, catalogue, "en")
    heard = service.recognize(say(ORDER))
    assert len({"large", "latte", "oat", "milk", "blueberry", "muffin"} & set(heard.text.split())) >= 4
    assert not service.recognizer(16000).complete()


def test_words_are_read_from_the_table_inside_the_grammar(tmp_path: Path) -> None:
    """As in the official small models, which have no words.txt."""
    (tmp_path / "am").mkdir()
    (tmp_path / "graph").mkdir()
    file = tmp_path / "graph" / "Gr.fst"
    arcs = make_arcs([1, 2], [1, 2], 0.0, [1, 1])
    plain = FstArrays(0, np.array([np.inf, 0], np.float32), np.zeros(2, np.int64), arcs).to_bytes()
    file.write_bytes(plain)
    with pytest.raises(ModelError, match="Install it again"):
        model_words(tmp_path)
    flags = plain.index(b"standard") + len(b"standard") + 4
    table = struct.pack("<ii4sqq", 2125658996, 4, b"name", 3, 3)
    for number, word in enumerate((b"<eps>", b"a", b"caf\xc3\xa9")):
        table += struct.pack("<i", len(word)) + word + struct.pack("<q", number)
    header = flags + struct.calcsize("<iQqqq")
    file.write_bytes(plain[:flags] + struct.pack("<i", 2) + plain[flags + 4 : header] + table + plain[header:])
    assert model_words(tmp_path) == {"a": 1, "café": 2}


def test_a_missing_tool_is_told_with_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ModelError, match="apt-get install libfst-tools"):
        find_fstconvert()
