"""A second language is a matter of files: what Italian and Russian need of the format, and what the check finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voice.dialogue.completeness import missing
from voice.dialogue.prompts import PromptRenderer
from voice.dialogue.wording import Wording
from voice.language import Language, languages, load_language, read_language
from voice.shop.model import Shop
from voice.types import Prompt

FIXTURES = Path(__file__).with_name("languages")
PLAIN: dict[str, Any] = {"quantity": "1", "unit": None, "variant": None, "options": [], "notes": []}


def wording(code: str, currency: str = "EUR") -> Wording:
    return Wording(read_language(FIXTURES / code, code), currency)


def item(product: str, quantity: int = 1, variant: str | None = None, **more: Any) -> dict[str, Any]:
    return {**PLAIN, "product": product, "quantity": str(quantity), "variant": variant, **more}


def option(name: str, negated: bool = False) -> dict[str, Any]:
    return {"name": name, "amount": None, "negated": negated, "portion": None, "quantity": 1, "named": False}


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (item("aranciata"), "un'aranciata"), (item("pizza"), "una pizza"), (item("espresso"), "un espresso"),
        (item("strudel"), "uno strudel"), (item("caffè", 2), "due caffè"),
        (item("pizza", 2, "medio"), "due pizze medie"), (item("espresso", 3, "grande"), "tre espressi grandi"),
        (item("torta di mele", 2), "due torte di mele"), (item("pizza", 1, "piccolo"), "una pizza piccola"),
        (item("espresso", 1, options=[option("zucchero", negated=True)]), "un espresso senza zucchero"),
    ],
)
def test_italian_items(what: dict[str, Any], said: str) -> None:
    assert wording("it").item(what) == said


def test_italian_articles_and_elision() -> None:
    italian = wording("it")
    assert [italian.the(italian.plural(name, 2)) for name in ("espresso", "zabaione", "pizza", "cornetto")] == [
        "gli espressi", "gli zabaioni", "le pizze", "i cornetti",
    ]
    assert italian.smooth(f"Ecco {italian.the('aranciata')} , con {italian.the('zucchero')}") == (
        "Ecco l'aranciata, con lo zucchero"
    )


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (item("булочка"), "одна булочка"), (item("булочка", 2), "две булочки"), (item("булочка", 5), "пять булочек"),
        (item("булочка", 21), "двадцать одна булочка"), (item("булочка", 22), "двадцать две булочки"),
        (item("круассан"), "один круассан"), (item("круассан", 2), "два круассана"),
        (item("круассан", 5), "пять круассанов"),
        (item("раф", 1, options=[option("овсяное молоко")]), "один раф с овсяным молоком"),
        (item("раф", 1, options=[option("сироп")]), "один раф с сиропом"),
        (item("раф", 1, options=[option("сахар", negated=True)]), "один раф без сахара"),
        (item("мука", 2, unit="kg"), "два килограмма муки"),
    ],
)
def test_russian_items(what: dict[str, Any], said: str) -> None:
    assert wording("ru").item(what) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (100, "один рубль"), (200, "два рубля"), (500, "пять рублей"), (2100, "двадцать один рубль"),
        (102, "один рубль две копейки"), (1, "одна копейка"), (5, "пять копеек"),
    ],
)
def test_russian_money(amount: int, said: str) -> None:
    assert wording("ru", "RUB").money(amount) == said


def test_prompts_choose_plural_forms_genders_and_cases() -> None:
    prompts = {
        "left": "Осталось {count:counted one=штука few=штуки many=штук}.",
        "want": "Хотите {items:accusative}?",
        "new": "{name:gender m=Новый f=Новая} {name}",
    }
    topics = {**read_language(FIXTURES / "ru", "ru").topics, "prompts": prompts}
    russian = PromptRenderer(Language("ru", topics), Shop("Булочная"))
    assert [russian.render(Prompt("left", {"count": n})) for n in (1, 2, 5)] == [
        "Осталось одна штука.", "Осталось две штуки.", "Осталось пять штук.",
    ]
    assert russian.render(Prompt("want", {"items": [item("булочка"), item("раф")]})) == (
        "Хотите одну булочку и один раф?"
    )
    assert russian.render(Prompt("new", {"name": "булочка"})) == "Новая булочка"


# --- the completeness check


@pytest.mark.parametrize("code", languages())
def test_a_language_is_complete(code: str) -> None:
    assert missing(load_language(code)) == []


def test_a_language_that_is_being_written(tmp_path: Path) -> None:
    """A few files: each missing file, key, sentence and plural form is named."""
    (tmp_path / "prompts.yaml").write_text(
        'greeting: "Ciao, qui {shop}."\n'
        'greeting.gone: "{count:number} {count:plural one=cosa}"\n'
        'ask.quantity: "Quanti {thing}?"\n'
        'ask.quantty: "Quanti?"\n',
        encoding="utf-8",
    )
    (tmp_path / "sentences.yaml").write_text(
        "lists: {}\nexpansion_rules: {}\nintents:\n  answer.yes:\n    data:\n      - sentences: [(sì|certo]\n",
        encoding="utf-8",
    )
    (tmp_path / "ticket.yaml").write_text("title: Ordine {number}\n", encoding="utf-8")
    found = missing(read_language(tmp_path, "it"))
    expected = [
        "grammars/it/widget.yaml is missing. Copy grammars/en/widget.yaml and translate it.",
        "grammars/it/prompts.yaml: 'ask.first' is missing.",
        "grammars/it/prompts.yaml: 'greeting.gone' lacks the plural other of {count}.",
        "grammars/it/prompts.yaml: 'ask.quantity' uses {thing}, which is not given. There is: item, shop.",
        "grammars/it/prompts.yaml: 'ask.quantty' is said nowhere. Is it misspelled?",
        "grammars/it/ticket.yaml: 'pickup' is missing. Where the language has none of it, leave it empty.",
        "grammars/it/sentences.yaml: no sentence for 'answer.no'.",
    ]
    assert [line for line in expected if line not in found] == []
    assert any(line.startswith("grammars/it/sentences.yaml cannot be compiled: ") for line in found)
