"""Prompts are data: a key of grammars/<lang>/prompts.yaml and values become words.

A template is a sentence, or a list of sentences used in turn. It names its values with the format they are said in:
`{total:money}`, `{items:items}`, `{options:or}`, `{at:moment}`, `{number:digits}`, `{count:number}`,
`{count:plural one=item other=items}`, `{count:counted one=item other=items}` (with the number), `{name:gender m=nuovo
f=nuova}`, or any of the language's own `forms`.
A shop overrides any of them (Shop.prompts).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from voice.dialogue.wording import Wording
from voice.errors import GrammarError
from voice.language import Language
from voice.shop.model import Shop
from voice.types import Prompt

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+)((?: \w+=[^\s}]*)*))?\}")


class PromptRenderer:
    """Turns prompts into the words of one language and shop."""

    def __init__(self, language: Language, shop: Shop) -> None:
        self.wording = Wording(language, shop.currency)
        self._templates: dict[str, tuple[str, ...]] = {
            key: tuple(_texts(value)) for key, value in language.topic("prompts").items()
        }
        self._templates |= {key: (text,) for key, text in shop.prompts.items()}
        self._values = {"shop": shop.name}

    def render(self, prompt: Prompt, variety: int = 0) -> str:
        """The words of a prompt; `variety` picks among its variants. Raises GrammarError for an unknown key."""
        if prompt.key not in self._templates:
            raise GrammarError(f"grammars/{self.wording.code}/prompts.yaml has no prompt '{prompt.key}'. Add it.")
        variants = self._templates[prompt.key]
        values = {**self._values, **prompt.values}
        said = PLACEHOLDER.sub(lambda m: self._say(m, values), variants[variety % len(variants)])
        said = self.wording.smooth(said)
        return said[:1].upper() + said[1:]

    def _say(self, placeholder: re.Match[str], values: Mapping[str, Any]) -> str:
        name, style, arguments = placeholder.group(1), placeholder.group(2) or "plain", placeholder.group(3) or ""
        value = values.get(name, "")
        forms = dict(part.split("=", 1) for part in arguments.split())
        if style in ("plural", "counted"):
            count = Decimal(str(value or 0))
            form = (forms.get(self.wording.category(count)) or forms.get("other", "")).replace("_", " ")
            return form if style == "plural" else f"{self.wording.counted(count, form)} {form}"
        if style == "gender":
            return forms.get(self.wording.gender(str(value)), next(iter(forms.values()), "")).replace("_", " ")
        return self._formats().get(style, lambda v: self._form(style, v))(value)

    def _form(self, style: str, value: Any) -> str:
        """A text, an item or several in one of the language's own `forms`, such as a case."""
        if isinstance(value, list):
            return self.wording.list([self._form(style, part) for part in value])
        return self.wording.form(style, self.wording.item(value) if isinstance(value, Mapping) else str(value))

    def _formats(self) -> dict[str, Callable[[Any], str]]:
        words = self.wording
        return {
            "plain": str,
            "money": lambda v: words.money(int(v)),
            "number": lambda v: words.number(v),
            "digits": lambda v: words.digits(str(v)),
            "item": lambda v: words.item(v),
            "items": lambda v: words.list([words.item(i) for i in v]),
            "name": words.known_item,
            "and": lambda v: words.list([str(p) for p in v]),
            "or": lambda v: words.list([str(p) for p in v], "or"),
            "names": lambda v: words.list([words.item(i, quantity=False) for i in v]),
            "itemsor": lambda v: words.list([words.item(i) for i in v], "or"),
            "many": lambda v: words.plural(words.item(v, quantity=False), 2),
            "prices": lambda v: words.list([words.price_of(name, amount) for name, amount in v]),
            "clock": lambda v: words.clock(time.fromisoformat(v)),
            "day": lambda v: words.day(int(v)),
            "spans": lambda v: words.list([words.span(*span) for span in v]),
            "date": lambda v: words.date_of(datetime.fromisoformat(v["at"]), datetime.fromisoformat(v["now"])),
            "moment": lambda v: words.moment(datetime.fromisoformat(v["at"]), datetime.fromisoformat(v["now"])),
            "article": lambda v: f"{words.article(str(v))} {v}",
        }


def placeholders(template: str) -> Iterator[str]:
    """The names a template uses."""
    return (match.group(1) for match in PLACEHOLDER.finditer(template))


def _texts(template: str | list[str]) -> list[str]:
    return template if isinstance(template, list) else [str(template)]
