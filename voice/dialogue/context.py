"""What a skill works with during one turn: the session's working copy, the shop, and the reply in the making."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from voice.dialogue.session import Action, OpenQuestion, Session
from voice.settings import Settings
from voice.shop.model import Cart, Catalogue, ChosenOption, LineItem, OptionGroup, Product, Shop, Totals
from voice.shop.pricing import price_line, totals
from voice.shop.storage import Storage
from voice.types import Expectation, Intent, Prompt

UNDO_DEPTH = 20


class TurnContext:
    """One turn. Skills read and change `session`, add prompts with `say` and open questions with `ask`."""

    def __init__(
        self, session: Session, catalogue: Catalogue, settings: Settings, storage: Storage, now: datetime
    ) -> None:
        self.session = session
        self.catalogue = catalogue
        self.settings = settings
        self.storage = storage
        self.now = now
        """On the shop's clock, time zone aware"""
        self.prompts: list[Prompt] = []
        self.action: Action = "listen"
        self.quiet = False
        """The reply is complete: no question follows"""
        self.keys = False
        """The telephone's keys are offered with the question"""
        self.repeated = False
        self.doubtful = False
        """An order in these words is asked about before it counts"""
        self._openly_asked: Prompt | None = None

    # --- saying and asking

    def say(self, key: str, **values: Any) -> None:
        self.prompts.append(Prompt(key, values))

    def ask(self, question: OpenQuestion) -> None:
        """Puts a question before those already open."""
        self.session.questions = (question, *self.session.questions)

    def ask_openly(self, key: str, expects: Expectation | None = None, **values: Any) -> None:
        """Ends the reply with an open question, which is not asked when the caller has already gone on."""
        self.say(key, **values)
        self.session.expects = expects or Expectation("anything")
        self.quiet = True
        self._openly_asked = self.prompts[-1]

    def go_on(self) -> None:
        """The caller said more in the same breath: the open question is answered, or need not be asked."""
        if self._openly_asked in self.prompts:
            self.prompts.remove(self._openly_asked)
            self.quiet = False

    def end(self, action: Action, outcome: str = "") -> None:
        """Nothing is asked after this reply: the channel transfers or hangs up."""
        self.action = action
        self.quiet = True
        if outcome:
            self.session.outcome = outcome

    # --- the shop

    @property
    def shop(self) -> Shop:
        return self.catalogue.shop

    @property
    def language(self) -> str:
        return self.session.language

    def product(self, line: LineItem) -> Product:
        return self.catalogue.product(line.product_id)

    def category_name(self, category: str) -> str:
        known = self.catalogue.categories.get(category)
        return known.name if known else category.replace("_", " ")

    # --- the cart

    @property
    def lines(self) -> tuple[LineItem, ...]:
        return self.session.cart.lines

    def line(self, line_id: str | None) -> LineItem | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def put(self, lines: Sequence[LineItem], touched: str | None = None) -> None:
        """A changed cart; what it was goes on the undo stack, and the price told before no longer counts."""
        session = self.session
        if tuple(lines) == session.cart.lines:
            return
        session.undo = (*session.undo, session.cart)[-UNDO_DEPTH:]
        session.cart = Cart(tuple(lines))
        ids = {line.id for line in lines}
        session.last_line = touched if touched in ids else session.last_line if session.last_line in ids else None
        if session.last_line is None and lines:
            session.last_line = lines[-1].id
        session.questions = tuple(q for q in session.questions if q.line_id is None or q.line_id in ids)
        session.told = None
        if session.stage == "confirming":
            session.stage = "checkout"

    def change(self, line_id: str, **values: Any) -> LineItem:
        """One line with other values. Raises StopIteration for an unknown line."""
        changed = replace(next(line for line in self.lines if line.id == line_id), **values)
        self.put([changed if line.id == line_id else line for line in self.lines], line_id)
        return changed

    def new_line_id(self) -> str:
        self.session.next_line += 1
        return str(self.session.next_line - 1)

    def totals(self, cart: Cart | None = None) -> Totals:
        return totals(self.catalogue, cart or self.session.cart, self.session.fulfilment, self.now)

    def line_price(self, line: LineItem) -> int:
        """Minor units for the whole line."""
        return price_line(self.catalogue, line)

    # --- names for prompts

    def words(self, line: LineItem) -> dict[str, Any]:
        return words_of(self.catalogue, line)

    def all_words(self) -> list[dict[str, Any]]:
        return [self.words(line) for line in self.lines]

    def named(self, product: Product, line: LineItem | None = None) -> dict[str, Any]:
        """A product, or a line by product and variant alone: for "which milk for the large latte"."""
        words: dict[str, Any] = {"product": product.name, "quantity": "1", "unit": None, "variant": None}
        words |= {"options": [], "notes": []}
        if line:
            words |= {k: v for k, v in self.words(line).items() if k in ("quantity", "variant")}
            words["options"] = [o for o in self.words(line)["options"] if o["named"]]
        return words


def words_of(catalogue: Catalogue, line: LineItem) -> dict[str, Any]:
    """A line by the names of its parts: what `Wording.item` says."""
    product = catalogue.product(line.product_id)
    shown = line.variant_id and line.variant_id != only_variant(product)
    return {
        "product": product.name,
        "quantity": str(line.quantity),
        "unit": product.unit,
        "variant": product.variant(line.variant_id).name if shown and line.variant_id else None,
        "options": [option_words(product, option) for option in line.options],
        "notes": list(line.notes),
    }


def option_words(product: Product, option: ChosenOption) -> dict[str, Any]:
    group = product.group(option.group_id)
    return {
        "name": group.option(option.option_id).name,
        "amount": option.amount,
        "negated": option.negated,
        "portion": option.portion,
        "quantity": option.quantity,
        "named": group.names_product and not option.negated,
    }


def only_variant(product: Product) -> str | None:
    return product.variants[0].id if len(product.variants) == 1 else None


def chosen(line: LineItem, group: OptionGroup) -> list[ChosenOption]:
    return [o for o in line.options if o.group_id == group.id and not o.negated]


Handler = Callable[[TurnContext, Intent], None]
"""A skill's answer to one intent"""

Handlers = Mapping[str, Handler]
