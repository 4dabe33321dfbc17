"""`comanda understand`: sentences in, meanings out, on any catalogue."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from voice.errors import ComandaError
from voice.language import load_language
from voice.shop.catalogue import load_catalogue
from voice.types import Intent, ItemMention, OptionMention, Question, Understood, Utterance
from voice.understanding.understander import Understander

DEMO = Path(__file__).resolve().parent.parent / "shop" / "demo" / "catalogue.yaml"


@click.command()
@click.option("--catalogue", type=click.Path(path_type=Path), default=DEMO, help="The demonstration shop by default.")
@click.option("--language", default="en", show_default=True)
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
def understand(catalogue: Path, language: str, file: TextIO) -> None:
    """Understand FILE (standard input by default), a sentence a line, and print one JSON object a line."""
    understander = Understander(load_catalogue(catalogue), load_language(language))
    for row in meanings(understander, texts(file)):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def texts(file: TextIO) -> Iterator[str]:
    """The lines. Raises ComandaError for a recording, as anybody might hand to a voice assistant."""
    for line in file:
        if "\0" in line:  # in no text, and in the header of every WAV
            raise ComandaError(f"{file.name} is not text, and this command takes typed sentences, one a line. A WAV is "
                               "heard by: comanda kiosk --file WAV")
        yield line


def meanings(understander: Understander, sentences: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The meaning of each sentence that is not empty, as plain JSON values."""
    for line in sentences:
        text = line.strip()
        if not text:
            continue
        found = understander.interpret(Utterance.typed(text))
        intents = found.intents if isinstance(found, Understood) else ()
        unknown = list(found.unknown) if isinstance(found, Understood) else [text]
        items = [item for intent in intents for item in intent.items]
        yield {
            "text": text,
            "intents": [_intent(intent) for intent in intents],
            "confidence": round(min([i.confidence for i in intents] + [i.confidence for i in items], default=0.0), 3),
            "unknown": unknown,
            "questions": [_question(q) for item in items for q in item.questions],
        }


def _intent(intent: Intent) -> dict[str, Any]:
    row: dict[str, Any] = {"name": intent.name, "items": [_item(i) for i in intent.items]}
    if intent.reference is not None:
        reference = intent.reference
        row["reference"] = {"kind": reference.kind, "index": reference.index}
        if reference.item is not None:
            row["reference"]["item"] = _item(reference.item)
    if intent.slots:
        row["slots"] = {k: v if isinstance(v, str | int | bool) else str(v) for k, v in intent.slots.items()}
    return row


def _item(item: ItemMention) -> dict[str, Any]:
    row: dict[str, Any] = {
        "product": item.product_id,
        "quantity": float(item.quantity) if item.quantity % 1 else int(item.quantity),
        "variant": item.variant_id,
        "options": [_option(o) for o in item.options],
        "text": item.text,
        "confidence": item.confidence,
    }
    if item.unit:
        row["unit"] = item.unit
    if item.notes:
        row["notes"] = list(item.notes)
    return row


def _option(option: OptionMention) -> dict[str, Any]:
    row: dict[str, Any] = {"group": option.group_id, "option": option.option_id}
    if option.amount:
        row["amount"] = option.amount
    if option.negated:
        row["negated"] = True
    if option.portion:
        row["portion"] = option.portion
    if option.quantity != 1:
        row["quantity"] = option.quantity
    return row


def _question(question: Question) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "candidates": list(question.candidates),
        "group": question.group_id,
        "text": question.text,
    }
