"""audio_samples/: every recording is there and readable, and means what the manifest says, typed and spoken.

The spoken tests use the real recogniser; what it cannot hear yet is counted, and the counts may only get better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from voice.assistant import Assistant
from voice.audio import pcm
from voice.dialogue.session import Session
from voice.evaluation.make_samples import MANIFEST, SOUNDS, VOICES, call_paths, load_manifest, recordings, sample_path
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue, LineItem
from voice.shop.storage import Storage
from voice.types import Expectation, Intent, Interpretation, ItemMention, Understood, Utterance

MANIFEST_DATA = load_manifest()
SAMPLES: list[Mapping[str, Any]] = MANIFEST_DATA["samples"]
CALLS: list[Mapping[str, Any]] = MANIFEST_DATA["calls"]
FOLDER = MANIFEST.parent / "en"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(Settings().catalogue)


@pytest.fixture
def assistant(catalogue: Catalogue, tmp_path: Path) -> Iterator[Assistant]:
    """The demonstration shop on a quiet Tuesday morning."""
    with open_assistant(catalogue, tmp_path, "2026-11-24T10:15:00") as opened:
        yield opened


def open_assistant(catalogue: Catalogue, folder: Path, at: str | datetime) -> Assistant:
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    now = moment.replace(tzinfo=ZoneInfo(catalogue.shop.timezone))
    settings = Settings(data_dir=folder)
    return Assistant(settings, catalogue, Storage(settings.database_url), lambda: now)


def expectation(sample: Mapping[str, Any]) -> Expectation:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in sample.get("expects", {}).items()}
    return Expectation(**fields)


def cart(sample: Mapping[str, Any]) -> tuple[LineItem, ...]:
    return tuple(
        LineItem(id=str(n), product_id=line["product"], variant_id=line.get("variant"))
        for n, line in enumerate(sample.get("cart", ()), 1)
    )


def meaning(interpretation: Interpretation) -> list[dict[str, Any]]:
    """Intents with their items, as the manifest writes them."""
    return [_intent(i) for i in interpretation.intents] if isinstance(interpretation, Understood) else []


def _intent(intent: Intent) -> dict[str, Any]:
    return {"intent": intent.name, "items": [_item(item) for item in intent.items], "slots": dict(intent.slots)}


def _item(item: ItemMention) -> dict[str, Any]:
    options = {
        ("-" if o.negated else f"{o.amount}:" if o.amount else "") + f"{o.group_id}/{o.option_id}" for o in item.options
    }
    return {"product": item.product_id, "variant": item.variant_id, "quantity": item.quantity, "options": options}


def check(sample: Mapping[str, Any], interpretation: Interpretation, catalogue: Catalogue) -> None:
    """What the manifest says must have been understood, and no item more. The default form need not be named."""
    got = meaning(interpretation)
    assert [intent["intent"] for intent in got] == [wanted["intent"] for wanted in sample["means"]], got
    for found, wanted in zip(got, sample["means"], strict=True):
        items = wanted.get("items")
        if items is not None:
            assert len(found["items"]) == len(items), got
            for one, other in zip(found["items"], items, strict=True):
                assert one["product"] == other.get("product", one["product"])
                default = catalogue.product(one["product"]).default_variant if one["product"] else None
                assert (one["variant"] or default) == other.get("variant", one["variant"] or default)
                assert one["quantity"] == Decimal(other.get("quantity", 1))
                assert one["options"] == set(other.get("options", ()))
        for slot, value in wanted.get("slots", {}).items():
            assert found["slots"].get(slot) == value, got


# --- the files


def test_every_recording_is_there_and_can_be_read() -> None:
    listed = {recording.path: recording for recording in recordings(MANIFEST_DATA, FOLDER)}
    assert set(listed) == set(FOLDER.rglob("*.wav")), "run: python -m voice.evaluation.make_samples"
    for path, recording in listed.items():
        chunk = pcm.read_audio(path)
        assert chunk.rate == (8000 if recording.sound == "phone" else 16000)
        assert 0.8 < chunk.seconds < 10
        assert -40 < pcm.level_db(chunk.pcm) < -12


def test_the_manifest_uses_known_voices_sounds_and_products(catalogue: Catalogue) -> None:
    products = {product.id for product in catalogue.products}
    for recording in recordings(MANIFEST_DATA, FOLDER):
        assert recording.voice in VOICES and recording.sound in SOUNDS
    for sample in SAMPLES:
        for wanted in sample["means"]:
            assert {item["product"] for item in wanted.get("items", ()) if "product" in item} <= products


def test_the_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in MANIFEST.parent.rglob("*.wav")) < 12_000_000


# --- typed


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s["id"])
def test_the_words_mean_what_the_manifest_says(
    sample: Mapping[str, Any], assistant: Assistant, catalogue: Catalogue
) -> None:
    lines = cart(sample)
    last = lines[-1].id if lines else None
    understander = assistant.engine("en").understander
    check(sample, understander.interpret(Utterance.typed(sample["words"]), expectation(sample), lines, last), catalogue)


def lines_of(session: Session) -> list[tuple[Any, ...]]:
    return [line_key(line.product_id, line.variant_id, line.quantity, _options(line)) for line in session.cart.lines]


def _options(line: LineItem) -> set[str]:
    return {f"{o.group_id}/{o.option_id}" for o in line.options}


def line_key(product: str, variant: str | None, quantity: Decimal | int, options: set[str]) -> tuple[Any, ...]:
    return product, variant, Decimal(quantity), frozenset(options)


def wanted_lines(call: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [
        line_key(line["product"], line.get("variant"), line["quantity"], set(line.get("options", ())))
        for line in call["lines"]
    ]


@pytest.mark.parametrize("call", CALLS, ids=lambda c: c["id"])
def test_a_typed_call_ends_in_the_order(call: Mapping[str, Any], catalogue: Catalogue, tmp_path: Path) -> None:
    with open_assistant(catalogue, tmp_path, call["at"]) as assistant:
        session, _ = assistant.start(call["channel"])
        for turn in call["turns"]:
            ordered = lines_of(session) or None
            done = assistant.take_turn(session, Utterance.typed(turn["words"]))
            assert [i["intent"] for i in meaning(done.interpretation)] == turn["means"], turn["words"]
        assert session.outcome == "placed"
        assert ordered == wanted_lines(call)


# --- spoken


@pytest.fixture(scope="module")
def listening(catalogue: Catalogue) -> Iterator[Assistant]:
    """With the real recogniser; the model and its graphs are built once a machine."""
    settings = Settings()
    assistant = Assistant(settings, catalogue, Storage("sqlite://"), None)
    assistant.prepare()
    yield assistant
    assistant.close()


@pytest.mark.hearing
@pytest.mark.slow
@pytest.mark.xdist_group("recognition")
def test_the_recordings_are_understood(listening: Assistant) -> None:
    engine, missed = listening.engine("en"), []
    for sample in SAMPLES:
        expects, lines = expectation(sample), cart(sample)
        heard = engine.recognition.recognize(pcm.read_audio(sample_path(sample, FOLDER)), expects)
        said = engine.understander.interpret(heard, expects, lines, lines[-1].id if lines else None)
        try:
            check(sample, said, engine.catalogue)
        except AssertionError:
            missed.append(f"{sample['voice']} {sample['sound']} '{sample['words']}': heard '{heard.text}'")
    print("\n".join(missed))
    assert len(missed) <= KNOWN_MISSES, "\n".join(missed)


KNOWN_MISSES = 6
"""Of the samples; lower it when recognition gets better"""


@pytest.mark.hearing
@pytest.mark.slow
@pytest.mark.xdist_group("recognition")
@pytest.mark.parametrize("call", CALLS, ids=lambda c: c["id"])
def test_a_spoken_call_ends_in_the_order(
    call: Mapping[str, Any], listening: Assistant, catalogue: Catalogue, tmp_path: Path
) -> None:
    recognition = listening.engine("en").recognition
    with open_assistant(catalogue, tmp_path, call["at"]) as assistant:
        session, _ = assistant.start(call["channel"])
        said, ordered = [], None
        for path in call_paths(call, FOLDER):
            ordered = lines_of(session) or ordered
            heard = recognition.recognize(pcm.read_audio(path), session.expects)
            assistant.take_turn(session, heard)
            said.append(heard.text)
        assert session.outcome == "placed", said
        assert ordered == wanted_lines(call), said
