"""Menus of the PIZZA and FoodOrdering formats (Amazon Science) as catalogues, and line items as their EXR.

Any menu of a format is converted by the same rules: an intent of the schema is a product, its slots are option groups,
its aliases the options' spoken forms. PIZZA menus carry no schema; its two intents are part of that format's definition
(Arkoudas et al., "PIZZA: a task-oriented semantic parsing dataset", 2022).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voice.shop.model import Catalogue, Option, OptionGroup, Product, Shop
from voice.types import ItemMention, OptionMention

Aliases = Mapping[str, str]
"""Spoken form -> entity, e.g. "TOPPING(american_cheese)", "volume(1,LITER)", "TOPPING(Or(swiss,provolone))" """
_STRUCTURE = frozenset({"NUMBER", "QUANTITY", "NOT"})
_PIZZA_SCHEMA = (
    ("PIZZAORDER", ("pizza", "pie"), ("SIZE", "STYLE", "TOPPING")),
    ("DRINKORDER", ("drink",), ("SIZE", "DRINKTYPE", "VOLUME", "CONTAINERTYPE")),
)
_ENTITY = re.compile(r"^\s*(?P<slot>\w+)\s*\((?P<value>.*)\)\s*$", re.DOTALL)
_EITHER = re.compile(r"^\s*or\s*\((?P<values>.*)\)\s*$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Menu:
    """A published menu as a catalogue, with what is needed to write meanings in the menu's own terms."""

    catalogue: Catalogue
    amounts: Mapping[str, str] = field(default_factory=dict)
    """Our amount id -> the menu's value"""
    either: Mapping[tuple[str, frozenset[str]], str] = field(default_factory=dict)
    """(slot, values) of entities that stand for one of several -> their EXR"""
    root: str | None = None
    complex_label: str = "COMPLEX"


def read_menu(data: Mapping[str, Any]) -> Menu:
    """Converts either format."""
    if "schema" in data:
        return _food_ordering(data)
    return _pizza(data)


def _pizza(data: Mapping[str, Aliases]) -> Menu:
    products, either = [], {}
    for intent, names, slots in _PIZZA_SCHEMA:
        groups = []
        for slot in slots:
            if slot in data:
                group, more = _group(
                    slot, data[slot], many=slot in ("TOPPING", "STYLE"), naming=slot in ("STYLE", "DRINKTYPE")
                )
                groups.append(group)
                either.update(more)
        products.append(Product(intent, names[0], aliases=names[1:], groups=tuple(groups)))
    amounts, phrases = _amounts(data.get("QUANTITY", {}))
    catalogue = Catalogue(_shop(), tuple(products), phrases, tuple(data.get("NOT", {})))
    return Menu(catalogue, amounts, either, "ORDER", "COMPLEX_TOPPING")


def _food_ordering(data: Mapping[str, Any]) -> Menu:
    schema, tables = data["schema"], data["alias"]
    uses: dict[str, int] = defaultdict(int)
    for intent in schema["intents"]:
        for slot in intent["slots"]:
            uses[slot["slotName"]] += 1
    products, either = [], {}
    quantities: dict[str, str] = {}
    negations: dict[str, None] = {}
    for intent in schema["intents"]:
        groups = []
        named = False
        for slot in intent["slots"]:
            aliases = _table(slot, tables)
            if slot["slotName"] == "QUANTITY":
                quantities.update(aliases)
            elif slot["slotName"] == "NOT":
                negations.update(dict.fromkeys(aliases))
            if slot["slotName"] in _STRUCTURE:
                continue
            many = bool(slot.get("qualified"))
            naming = not many and uses[slot["slotName"]] == 1 and not named
            named = named or naming
            negatable = bool(slot.get("negatable", many))
            group, more = _group(slot["slotName"], aliases, many or naming, naming, negatable, many)
            groups.append(group)
            either.update(more)
        names = list(dict.fromkeys(intent.get("entityNames") or [intent["name"].lower().replace("_", " ")]))
        products.append(Product(intent["name"], names[0], aliases=tuple(names[1:]), groups=tuple(groups)))
    amounts, phrases = _amounts(quantities)
    return Menu(Catalogue(_shop(), tuple(products), phrases, tuple(negations)), amounts, either)


def _shop() -> Shop:
    return Shop(name="menu", max_quantity=100)


def _table(slot: Mapping[str, Any], tables: Mapping[str, Aliases]) -> dict[str, str]:
    """A slot's aliases with its optional prefixes and suffixes spelled out."""
    name = str(slot["path"]).rsplit("/", 1)[-1].rsplit(".", 1)[0]
    aliases = dict(tables.get(name, {}))
    for phrase, entity in list(aliases.items()):
        for prefix in slot.get("optionalPrefixes", ()):
            aliases.setdefault(f"{prefix} {phrase}", entity)
        for suffix in slot.get("optionalSuffixes", ()):
            aliases.setdefault(f"{phrase} {suffix}", entity)
    return aliases


def _group(
    slot: str, aliases: Aliases, many: bool, naming: bool, negatable: bool = True, amounts: bool = True
) -> tuple[OptionGroup, dict[tuple[str, frozenset[str]], str]]:
    """One option an entity; an entity that is one of several lends its spoken forms to each of them."""
    spoken: dict[str, list[str]] = defaultdict(list)
    either: dict[tuple[str, frozenset[str]], str] = {}
    for phrase, entity in aliases.items():
        match = _ENTITY.match(entity)
        if match is None:
            continue
        value = match["value"].strip()
        choice = _EITHER.match(value)
        if choice is None:
            spoken[value].append(phrase)
            continue
        values = [v.strip() for v in choice["values"].split(",")]
        either[slot, frozenset(values)] = f"({slot} (OR {' '.join(values)} ) )"
        for each in values:
            spoken[each].append(phrase)
    options = tuple(Option(value, phrases[0], tuple(phrases[1:])) for value, phrases in spoken.items())
    group = OptionGroup(
        slot,
        slot.lower().replace("_", " "),
        options,
        max=None if many else 1,
        amounts=amounts,
        negatable=negatable,
        names_product=naming,
    )
    return group, either


def _amounts(aliases: Aliases) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """(our id -> the menu's value, our id -> the menu's words)."""
    values: dict[str, str] = {}
    phrases: dict[str, list[str]] = defaultdict(list)
    for phrase, entity in aliases.items():
        match = _ENTITY.match(entity)
        if match is not None:
            value = match["value"].strip()
            values[value.lower()] = value
            phrases[value.lower()].append(phrase)
    return values, {k: tuple(v) for k, v in phrases.items()}


def to_exr(items: Iterable[ItemMention], menu: Menu) -> str:
    """Line items in the menu's own notation."""
    written = [_item(item, menu) for item in items if item.product_id is not None]
    body = " ".join(written)
    return f"({menu.root} {body} )" if menu.root else body


def _item(item: ItemMention, menu: Menu) -> str:
    parts = [f"(NUMBER {int(item.quantity)} )"]
    for same in _by_text(item.options):
        written = (
            _either(same, menu) if len(same) > 1 else f"({same[0].group_id} {same[0].option_id.replace(',', ' ')} )"
        )
        amount = menu.amounts.get(same[0].amount or "")
        if amount is not None:
            written = f"({menu.complex_label} (QUANTITY {amount} ) {written} )"
        parts.append(f"(NOT {written} )" if same[0].negated else written)
    for question in item.questions:
        if question.kind == "option" and question.group_id is not None:
            key = (question.group_id, frozenset(question.candidates))
            parts.append(menu.either.get(key) or f"({question.group_id} {question.candidates[0]} )")
    return f"({item.product_id} {' '.join(parts)} )"


def _by_text(options: Sequence[OptionMention]) -> list[list[OptionMention]]:
    """Options left out by the same word ("no beans") belong together."""
    together: dict[Any, list[OptionMention]] = {}
    for index, option in enumerate(options):
        key = (option.group_id, option.text) if option.negated else index
        together.setdefault(key, []).append(option)
    return list(together.values())


def _either(options: Sequence[OptionMention], menu: Menu) -> str:
    key = (options[0].group_id, frozenset(o.option_id for o in options))
    return menu.either.get(key) or f"({options[0].group_id} {options[0].option_id} )"
