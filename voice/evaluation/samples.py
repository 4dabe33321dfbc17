"""A folder of recordings with what was said and what it means, in the format of audio_samples/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from voice.errors import AudioError
from voice.shop.model import LineItem
from voice.types import Expectation, Intent, Interpretation, ItemMention, Understood


@dataclass(frozen=True)
class Sample:
    """One recording."""

    id: str
    path: Path
    words: str
    means: Sequence[Mapping[str, Any]] | None
    """Intents as samples.yaml writes them; None: whatever the words mean when they are typed"""
    speaker: str = ""
    sound: str = ""
    language: str = "en"
    expectation: Expectation = field(default_factory=Expectation)
    lines: tuple[LineItem, ...] = ()


def read_samples(folder: Path, language: str = "en") -> list[Sample]:
    """The recordings that `folder`/samples.yaml lists; rows of other languages are left out.

    A row has `words` and, if they are not their own meaning, `means`; its file is `file`, or
    <language>/<voice>/<id>.wav. Raises AudioError naming the row and the remedy.
    """
    manifest = folder / "samples.yaml"
    try:
        data = yaml.safe_load(manifest.read_text(encoding="utf-8"))
        rows = list(data["samples"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise AudioError(f"{manifest} cannot be read as a list of `samples` ({error}). See audio_samples/.") from error
    samples = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not (row.get("words") or row.get("text")):
            raise AudioError(f"{manifest}: row {number} has no `words`. See audio_samples/samples.yaml.")
        sample = _sample(folder, row, number, language)
        if not sample.path.is_file():
            raise AudioError(f"{manifest}: row {number}: {sample.path} is missing. Put it there or delete the row.")
        if sample.language == language:
            samples.append(sample)
    return samples


def _sample(folder: Path, row: Mapping[str, Any], number: int, language: str) -> Sample:
    spoken = str(row.get("language", language))
    speaker = str(row.get("speaker") or row.get("voice") or "")
    name = str(row.get("id", number))
    expects: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.get("expects", {}).items()}
    return Sample(
        id=name,
        path=folder / str(row["file"]) if row.get("file") else folder / spoken / speaker / f"{name}.wav",
        words=str(row.get("words") or row.get("text")),
        means=row.get("means") or row.get("meaning"),
        speaker=speaker,
        sound=str(row.get("sound", "")),
        language=spoken,
        expectation=Expectation(**expects),
        lines=tuple(
            LineItem(id=str(n), product_id=line["product"], variant_id=line.get("variant"))
            for n, line in enumerate(row.get("cart", ()), 1)
        ),
    )


def as_written(found: Interpretation) -> list[dict[str, Any]]:
    """An interpretation as samples.yaml writes a meaning."""
    return [_intent(i) for i in found.intents] if isinstance(found, Understood) else []


def same_meaning(
    wanted: Sequence[Mapping[str, Any]], found: Interpretation, default_variants: Mapping[str, str | None] | None = None
) -> bool:
    """Whether exactly the intents, items and options that `wanted` names were understood, and its slots.

    A product's default variant need not be named on either side.
    """
    defaults = default_variants or {}
    got = as_written(found)
    if [i["intent"] for i in got] != [i["intent"] for i in wanted]:
        return False
    for one, other in zip(got, wanted, strict=True):
        items = other.get("items")
        if items is not None and (
            len(items) != len(one["items"])
            or not all(_same_item(a, b, defaults) for a, b in zip(one["items"], items, strict=True))
        ):
            return False
        if any(one.get("slots", {}).get(slot) != value for slot, value in other.get("slots", {}).items()):
            return False
    return True


def _same_item(found: Mapping[str, Any], wanted: Mapping[str, Any], defaults: Mapping[str, str | None]) -> bool:
    default = defaults.get(found["product"])
    return (
        found["product"] == wanted.get("product", found["product"])
        and (found.get("variant") or default) == (wanted.get("variant") or default)
        and Decimal(found.get("quantity", 1)) == Decimal(str(wanted.get("quantity", 1)))
        and set(found.get("options", ())) == set(wanted.get("options", ()))
    )


def _intent(intent: Intent) -> dict[str, Any]:
    row: dict[str, Any] = {"intent": intent.name}
    if intent.items:
        row["items"] = [_item(item) for item in intent.items]
    if intent.slots:
        row["slots"] = dict(intent.slots)
    return row if "items" in row else {**row, "items": []}


def _item(item: ItemMention) -> dict[str, Any]:
    row: dict[str, Any] = {"product": item.product_id}
    if item.variant_id:
        row["variant"] = item.variant_id
    if item.quantity != 1:
        row["quantity"] = item.quantity
    if item.options:
        row["options"] = [
            ("-" if o.negated else f"{o.amount}:" if o.amount else "") + f"{o.group_id}/{o.option_id}"
            for o in item.options
        ]
    return row
