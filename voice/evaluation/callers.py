"""Simulated callers: each has an order in mind, and people's ways of getting it said.

They hear what the assistant asks (the reply's expectation and prompts) and nothing else; a careful one compares the
read-back with what it wants, a careless one says yes to anything. How they talk is data: grammars/<lang>/callers.yaml.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from voice.dialogue.session import Session
from voice.evaluation.wishes import Wish, signature, wish_of
from voice.language import Language
from voice.shop.model import Catalogue, LineItem, Product
from voice.types import Turn, Utterance

PATIENCE = 45
"""Turns after which a caller gives up"""
PROBLEMS = ("change.", "item.", "order.not_in_order", "order.left_out", "option.")
"""Prompts that tell of a problem: whoever hears one listens to the read-back"""
CORRECTIONS = 3
"""How often a careful caller puts a wrong order right before asking for a person"""


@dataclass
class Habits:
    """Chances of what people do. Each is drawn anew at every opportunity."""

    hesitates: float = 0.15
    corrects_himself: float = 0.06
    is_silent: float = 0.04
    talks_nonsense: float = 0.03
    asks_between: float = 0.05
    wants_what_is_not_there: float = 0.05
    changes_his_mind: float = 0.12
    hangs_up: float = 0.02
    answers_by_ordinal: float = 0.2
    presses_keys: float = 0.1
    is_careful: float = 0.5


@dataclass
class Caller:
    """One caller and his goal. `speak` gives his next utterance, or None when the line drops."""

    catalogue: Catalogue
    words: Mapping[str, Any]
    rng: random.Random
    wishes: list[Wish]
    kind: str
    postcode: str = ""
    habits: Habits = field(default_factory=Habits)
    queue: list[Wish] = field(default_factory=list)
    careful: bool = False
    corrections: int = 0
    changed_mind: bool = False
    odd: bool = False
    """The last thing was silence or nonsense"""
    pending: list[str] = field(default_factory=list)
    """Sentences to say next, whatever is asked openly"""

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
        return caller

    # --- talking

    def speak(self, session: Session, turn: Turn) -> Utterance | None:
        chance, habits = self.rng.random, self.habits
        if chance() < habits.hangs_up and session.stage != "placed":
            return None
        self.careful |= any(prompt.key.startswith(PROBLEMS) for prompt in turn.reply.prompts)
        if (odd := self._something_odd()) is not None:
            return odd
        expects = turn.reply.expects.kind
        if expects == "anything" and session.stage == "ordering":
            return Utterance.typed(self._hesitating(self._open(session)))
        if chance() < habits.asks_between and session.stage != "placed":
            return Utterance.typed(self._one("questions"))
        answers: dict[str, Callable[[Session, Turn], Utterance]] = {
            "yes_no": self._yes_no, "variant": self._variant, "option": self._option, "product": self._product,
            "choice": self._line, "quantity": self._quantity,
        }
        if expects in answers:
            return answers[expects](session, turn)
        return Utterance.typed(self._detail(expects))

    def _something_odd(self) -> Utterance | None:
        """Silence, or words for somebody else; whoever was just asked again pulls himself together."""
        self.odd = not self.odd and self.rng.random() < self.habits.is_silent + self.habits.talks_nonsense
        if not self.odd:
            return None
        silent = self.rng.random() < self.habits.is_silent / (self.habits.is_silent + self.habits.talks_nonsense)
        return Utterance.silence() if silent else Utterance.typed(self._one("nonsense"))

    def _open(self, session: Session) -> str:
        """What is wanted next: a wish, a change of mind, or the end."""
        if self.pending:
            return self.pending.pop(0)
        if self.queue:
            if self.rng.random() < self.habits.wants_what_is_not_there:
                return self._one("outside")
            count = self.rng.choice((1, 1, 2)) if len(self.queue) > 1 else 1
            wishes, self.queue = self.queue[:count], self.queue[count:]
            key = "next" if session.cart.lines else "openings"
            return self._one(key, items=self._join([self._item(wish) for wish in wishes]))
        if not self.changed_mind and self.rng.random() < self.habits.changes_his_mind:
            return self._change_mind()
        return self._one("finish")

    def _change_mind(self) -> str:
        self.changed_mind = True
        wish = self.rng.choice(self.wishes)
        names = Counter(w.product.id for w in self.wishes)
        if len(self.wishes) > 1 and names[wish.product.id] == 1:
            self.wishes.remove(wish)
            return self._one("remove", product=wish.name)
        others = [v for v in wish.product.variants if v.id != wish.variant and v.available]
        if not others:
            return self._one("review")
        variant = self.rng.choice(others)
        self.wishes = [replace(w, variant=variant.id) if w is wish else w for w in self.wishes]
        return self._one("change_variant", product=wish.name, variant=variant.name)

    def _item(self, wish: Wish) -> str:
        """A wish in words; sometimes something else first, put right in the same breath."""
        if self.rng.random() < self.habits.corrects_himself:
            wrong = replace(wish, quantity=wish.quantity + 1)
            return self._one("correction", wrong=self._plain_item(wrong), right=self._plain_item(wish))
        return self._plain_item(wish)

    def _plain_item(self, wish: Wish) -> str:
        spoken = wish.spoken(self.rng)
        options = ""
        for number, name in enumerate(spoken.options):
            options += " " + self._one("further_option" if number else "option", option=name)
        template = self._one("item")
        variant = spoken.variant if wish.says_variant else ""
        if variant and any(variant.split()[-1] == of for of in self.words["of"]):
            template = str(self.words["of_item"])
            variant = variant if wish.quantity == 1 else spoken.variants
        one = self._one("quantity_one") if wish.quantity == 1 else wish.number
        product = spoken.product if wish.quantity == 1 or "of {product}" in template else spoken.plural
        said = template.format(quantity=one, variant=variant, product=product, options=options.strip())
        return " ".join(said.replace(" ,", ",").strip(" ,").split()).replace(",,", ",")

    def _join(self, items: Sequence[str]) -> str:
        return str(self.rng.choice(self.words["join"])).join(items)

    def _hesitating(self, words: str) -> str:
        return self._one("hesitations", words=words) if self.rng.random() < self.habits.hesitates else words

    def _one(self, key: str, **values: Any) -> str:
        found = self.words[key]
        template = found if isinstance(found, str) else self.rng.choice(found)
        return str(template).format(**values) if values else str(template)

    # --- answering

    def _key_or_ordinal(self, index: int) -> Utterance | None:
        """Now and then an answer by telephone key, or by its place among what was read out."""
        if index < len(self.words["ordinals"]):
            if self.rng.random() < self.habits.presses_keys:
                return Utterance.keys(str(index + 1))
            if self.rng.random() < self.habits.answers_by_ordinal:
                return Utterance.typed(self._one("ordinal", ordinal=self.words["ordinals"][index]))
        return None

    def _variant(self, session: Session, turn: Turn) -> Utterance:
        wish, choices = self._wish(turn), turn.reply.expects.choices
        if wish is None or wish.variant is None:
            return Utterance.keys("1")
        if wish.variant in choices[:3] and (short := self._key_or_ordinal(choices.index(wish.variant))):
            return short
        return Utterance.typed(self._one("variant", variant=wish.product.variant(wish.variant).name))

    def _option(self, session: Session, turn: Turn) -> Utterance:
        wish, expects = self._wish(turn), turn.reply.expects
        wanted = [o for o in wish.options if o.group_id == expects.group_id] if wish else []
        if wish is None or not wanted:
            return Utterance.keys("1")
        if wanted[0].option_id in expects.choices[:3]:
            short = self._key_or_ordinal(expects.choices.index(wanted[0].option_id))
            if short:
                return short
        name = wish.product.group(wanted[0].group_id).option(wanted[0].option_id).name
        return Utterance.typed(self._one("option_answer", option=name))

    def _wish(self, turn: Turn) -> Wish | None:
        return next((w for w in self.wishes if w.product.id == turn.reply.expects.product_id), None)

    def _product(self, session: Session, turn: Turn) -> Utterance:
        wanted = {w.product.id for w in self.wishes}
        choices = turn.reply.expects.choices
        found = next((i for i, choice in enumerate(choices) if choice in wanted), None)
        if found is None:
            return Utterance.typed(self._one("none_of_these"))
        if short := self._key_or_ordinal(found):
            return short
        return Utterance.typed(self._one("product_answer", product=self.catalogue.product(choices[found]).name))

    def _line(self, session: Session, turn: Turn) -> Utterance:
        return Utterance.keys("1")

    def _quantity(self, session: Session, turn: Turn) -> Utterance:
        wish = self._wish(turn) or self.wishes[0]
        return Utterance.typed(self._one("quantity_answer", quantity=wish.number))

    def _detail(self, kind: str) -> str:
        if kind == "fulfilment":
            return self._one_of(self.words["kinds"][self.kind])
        values: dict[str, dict[str, Any]] = {
            "name": {"name": self.rng.choice(self.words["names"])},
            "phone": {"phone": "0" + "".join(str(self.rng.randint(1, 9)) for _ in range(9))},
            "postcode": {"postcode": self.postcode}, "rating": {"number": self.rng.choice(("five", "four", "3"))},
        }
        if kind == "address":
            return self._one_of(self.words["addresses"])
        if kind in values:
            return self._one(kind, **values[kind])
        return self._one("time") if kind == "time" else self._one("finish")

    def _one_of(self, values: Sequence[str]) -> str:
        return str(self.rng.choice(list(values)))

    def _yes_no(self, session: Session, turn: Turn) -> Utterance:
        key = turn.reply.prompts[-1].key if turn.reply.prompts else ""
        agrees: dict[str, Callable[[], bool]] = {
            "confirm.place": lambda: not self.careful or self.satisfied(session.cart.lines),
            "confirm.heard": lambda: False, "confirm.offer": lambda: False, "confirm.fewer": lambda: False,
            "confirm.quantity": lambda: False, "confirm.suggest": lambda: False,
        }
        if agrees.get(key, lambda: True)():
            if key == "confirm.pickup_instead":
                self.kind = "pickup"
            pressed = self.rng.random() < self.habits.presses_keys
            return Utterance.keys("1") if pressed else Utterance.typed(self._one("yes"))
        if key == "confirm.place":
            self._plan_correction()
        return Utterance.typed(self._one("no"))

    def _plan_correction(self) -> None:
        """The read-back was wrong: all again from the beginning, and after some tries a person."""
        self.corrections += 1
        if self.corrections > CORRECTIONS:
            self.pending = [self._one("agent")]
            return
        self.pending = [self._one("start_over")]
        self.queue = list(self.wishes)

    def satisfied(self, lines: Sequence[LineItem]) -> bool:
        """Whether the lines are the order in mind."""
        return signature(self.catalogue, lines) == self.goal()

    def goal(self) -> Counter[Any]:
        return signature(self.catalogue, [wish.line() for wish in self.wishes])
