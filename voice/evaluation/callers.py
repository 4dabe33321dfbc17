"""Simulated callers: each has an order in mind, and people's ways of getting it said.

They hear what the assistant asks (the reply's expectation and prompts) and see their order; a careful one compares the
read-back with what it wants, a careless one says yes to anything. How they talk is data: grammars/<lang>/callers.yaml.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voice.dialogue.session import Session
from voice.evaluation import changes
from voice.evaluation.replies import ANSWERS, detail
from voice.evaluation.wishes import Habits, Wish, say_wish, signature, wish_of
from voice.language import Language
from voice.shop.hours import local_now, sold_now
from voice.shop.model import Catalogue, LineItem, Product
from voice.types import Turn, Utterance

PATIENCE = 30
"""Turns after which a caller gives up"""
PROBLEMS = ("nomatch.", "change.", "item.", "order.not_in_order", "order.left_out", "option.", "usual.")
"""Prompts that tell of a problem: whoever hears one listens to the read-back"""
GONE = ("item.sold_out", "item.unavailable", "item.out_of_hours")
CORRECTIONS = 3
"""How often a careful caller puts a wrong order right before asking for a person"""


@dataclass
class Caller:
    """One caller and his goal. `speak` gives his next utterance, or None when the line drops."""

    catalogue: Catalogue
    words: Mapping[str, Any]
    rng: random.Random
    wishes: list[Wish]
    kind: str
    postcode: str = ""
    number: str | None = None
    """The telephone number he calls from, where it is shown"""
    habits: Habits = field(default_factory=Habits)
    queue: list[Wish] = field(default_factory=list)
    careful: bool = False
    corrections: int = 0
    changed_mind: bool = False
    odd: bool = False
    """The last thing was silence, nonsense or an aside"""
    pending: list[str] = field(default_factory=list)
    """Sentences to say next, whatever is asked openly"""
    urgent: list[str] = field(default_factory=list)
    """Sentences to say next, whatever is asked"""
    settled: set[str] = field(default_factory=set)
    """Details said before they were asked"""

    @staticmethod
    def random(catalogue: Catalogue, language: Language, seed: int, products: Sequence[Product], kinds: Sequence[str],
               postcode: str = "") -> Caller:
        """A caller who wants one to four of the products, by their popularity."""
        rng = random.Random(seed)
        weights = [0.2 + product.popularity for product in products]
        count = rng.choices((1, 2, 3, 4), (35, 35, 20, 10))[0]
        chosen = {p.id: p for p in rng.choices(list(products), weights, k=count)}
        wishes = [wish_of(product, rng) for product in chosen.values()]
        caller = Caller(catalogue, language.topic("callers"), rng, wishes, rng.choice(list(kinds)), postcode)
        caller.queue = list(wishes)
        caller.careful = rng.random() < caller.habits.is_careful
        if rng.random() < caller.habits.is_known:
            caller.number = f"+3120{seed % 10_000_000:07}"
        return caller

    def call_again(self) -> None:
        """The next day, for the same as before."""
        self.queue, self.pending = [], [self.one("usual")]
        self.settled, self.changed_mind, self.corrections = set(), True, 0

    # --- talking

    def speak(self, session: Session, turn: Turn) -> Utterance | None:
        habits = self.habits
        self._hear_what_is_gone(turn)
        self.careful |= any(prompt.key.startswith(PROBLEMS) for prompt in turn.reply.prompts)
        if self.happens(habits.hangs_up) and session.stage != "placed":
            return None
        if (odd := self._something_odd(session)) is not None:
            return odd
        if self.urgent:
            return Utterance.typed(self.urgent.pop(0))
        expects = turn.reply.expects.kind
        if expects == "anything" and session.stage == "ordering":
            return Utterance.typed(self._hesitating(self._open(session)))
        settled = session.stage == "checkout" and not self.queue
        if settled and self.happens(habits.changes_his_mind / 3) and (said := self._change_mind(session)):
            return Utterance.typed(said)
        answer = ANSWERS.get(expects)
        return answer(self, session, turn) if answer else detail(self, session, turn)

    def interrupts(self, turn: Turn) -> int | None:
        """How many sentences he hears before he speaks; None when he lets the assistant finish."""
        if len(turn.reply.prompts) < 2 or not self.happens(self.habits.interrupts):
            return None
        return self.rng.randrange(len(turn.reply.prompts))

    def _something_odd(self, session: Session) -> Utterance | None:
        """Silence, words for somebody else, a question or a command in between; whoever was just asked again pulls
        himself together."""
        habits = self.habits
        chances = {"": habits.is_silent, "nonsense": habits.talks_nonsense, "asides": habits.speaks_aside}
        if session.stage != "placed":
            chances["questions"] = habits.asks_between
        self.odd = not self.odd and self.happens(sum(chances.values()))
        if not self.odd:
            return None
        kind = self.rng.choices(list(chances), list(chances.values()))[0]
        if kind == "questions" and self.happens(0.5):
            product = self.rng.choice(self.wishes).product
            return Utterance.typed(self.one("product_questions", product=product.name, products=product.name))
        return Utterance.typed(self.one(kind)) if kind else Utterance.silence()

    def _hear_what_is_gone(self, turn: Turn) -> None:
        """What the shop has no more of is given up; who is left with nothing takes something else."""
        gone = [p.values["item"]["product"] for p in turn.reply.prompts if p.key in GONE]
        self.wishes = [w for w in self.wishes if w.product.name not in gone]
        self.queue = [w for w in self.queue if w in self.wishes]
        if not self.wishes:
            plain = [p for p in self.catalogue.products if p.available and not p.hours and p.stock is None]
            self.wishes = [wish_of(self.rng.choice(plain), self.rng)]
            self.queue = list(self.wishes)

    def _open(self, session: Session) -> str:
        """What is wanted next: a wish, a change of mind, or the end."""
        if self.pending:
            return self.pending.pop(0)
        if self.queue:
            if self.happens(self.habits.wants_what_is_not_there):
                return self._not_there()
            if self.happens(self.habits.takes_back):
                return changes.take_back(self)
            count = self.rng.choice((1, 1, 2, 3)) if len(self.queue) > 1 else 1
            wishes, self.queue = self.queue[:count], self.queue[count:]
            key = "next" if session.cart.lines else "openings"
            return self._and_more(self.one(key, items=self._join([say_wish(self, wish) for wish in wishes])))
        thinks_again = not self.changed_mind and self.happens(self.habits.changes_his_mind * 2)
        if thinks_again and (said := self._change_mind(session)):
            return said
        return self.one("finish")

    def _not_there(self) -> str:
        """Something that no such shop has, or that this one has no more of today."""
        now = local_now(self.catalogue.shop)
        gone = [p for p in self.catalogue.products if not p.available or not sold_now(self.catalogue.shop, p, now)]
        if gone and self.happens(0.5):
            return self.one("next", items=f"{self.one('quantity_one')} {self.rng.choice(gone).name}")
        return self.one("outside")

    def _and_more(self, order: str) -> str:
        """The order with what was not asked yet: how he gets it, his name, that it is all."""
        if self.queue or not self.happens(self.habits.says_more_at_once):
            return order
        choices = ["finish"] if {"kind", "name"} <= self.settled else ["kind", "finish"]
        detail = self.rng.choice(choices)
        self.settled.add(detail)
        if detail == "kind":
            return self.one("with_kind", order=order, kind=self.words["kinds_with_order"][self.kind])
        return self.one("with_finish", order=order)

    def _change_mind(self, session: Session) -> str | None:
        self.changed_mind = True
        ordered = {line.product_id for line in session.cart.lines}
        names = Counter(w.product.id for w in self.wishes)
        there = [w for w in self.wishes if w.product.id in ordered and names[w.product.id] == 1]
        return changes.change(self, self.rng.choice(there)) if there and not self.pending else None

    def _join(self, items: Sequence[str]) -> str:
        return str(self.rng.choice(self.words["join"])).join(items)

    def _hesitating(self, words: str) -> str:
        return self.one("hesitations", words=words) if self.happens(self.habits.hesitates) else words

    def one(self, key: str, **values: Any) -> str:
        """One of the sentences of that key, filled in."""
        found = self.words[key]
        template = found if isinstance(found, str) else self.rng.choice(found)
        return str(template).format(**values) if values else str(template)

    def happens(self, chance: float) -> bool:
        return self.rng.random() < chance

    # --- judging

    def plan_correction(self) -> None:
        """The read-back was wrong: all again from the beginning, and after some tries a person."""
        self.corrections += 1
        if self.corrections > CORRECTIONS:
            self.pending = [self.one("agent")]
            return
        self.pending, self.settled = [self.one("start_over")], set()
        self.queue = list(self.wishes)

    def satisfied(self, lines: Sequence[LineItem]) -> bool:
        """Whether the lines are the order in mind."""
        return signature(self.catalogue, lines) == self.goal()

    def goal(self) -> Counter[Any]:
        return signature(self.catalogue, [wish.line() for wish in self.wishes])
