"""How simulated callers answer what they are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from voice.dialogue.session import Session
from voice.evaluation.wishes import Wish
from voice.types import Turn, Utterance

if TYPE_CHECKING:
    from voice.evaluation.callers import Caller

Answer = Callable[["Caller", Session, Turn], Utterance]


def key_or_ordinal(caller: Caller, index: int) -> Utterance | None:
    """Now and then an answer by telephone key, or by its place among what was read out."""
    if index < len(caller.words["ordinals"]):
        if caller.happens(caller.habits.presses_keys):
            return Utterance.keys(str(index + 1))
        if caller.happens(caller.habits.answers_by_ordinal):
            return Utterance.typed(caller.one("ordinal", ordinal=caller.words["ordinals"][index]))
    return None


def _wish(caller: Caller, turn: Turn) -> Wish | None:
    return next((w for w in caller.wishes if w.product.id == turn.reply.expects.product_id), None)


def variant(caller: Caller, session: Session, turn: Turn) -> Utterance:
    wish, choices = _wish(caller, turn), turn.reply.expects.choices
    if wish is None or wish.variant is None:
        return Utterance.keys("1")
    if wish.variant in choices[:3] and (short := key_or_ordinal(caller, choices.index(wish.variant))):
        return short
    return Utterance.typed(caller.one("variant", variant=wish.product.variant(wish.variant).name))


def option(caller: Caller, session: Session, turn: Turn) -> Utterance:
    wish, expects = _wish(caller, turn), turn.reply.expects
    wanted = [o for o in wish.options if o.group_id == expects.group_id] if wish else []
    if wish is None or not wanted:
        return Utterance.keys("1")
    index = expects.choices.index(wanted[0].option_id) if wanted[0].option_id in expects.choices[:3] else None
    if index is not None and (short := key_or_ordinal(caller, index)):
        return short
    return Utterance.typed(caller.one("option_answer", option=wish.option_name(wanted[0])))


def product(caller: Caller, session: Session, turn: Turn) -> Utterance:
    wanted = {w.product.id for w in caller.wishes}
    choices = turn.reply.expects.choices
    found = next((i for i, choice in enumerate(choices) if choice in wanted), None)
    if found is None:
        return Utterance.typed(caller.one("none_of_these"))
    if short := key_or_ordinal(caller, found):
        return short
    return Utterance.typed(caller.one("product_answer", product=caller.catalogue.product(choices[found]).name))


def line(caller: Caller, session: Session, turn: Turn) -> Utterance:
    return Utterance.keys("1")


def quantity(caller: Caller, session: Session, turn: Turn) -> Utterance:
    wish = _wish(caller, turn) or caller.wishes[0]
    return Utterance.typed(caller.one("quantity_answer", quantity=wish.number))


def fulfilment(caller: Caller, session: Session, turn: Turn) -> Utterance:
    choices = turn.reply.expects.choices
    if caller.kind in choices and caller.happens(caller.habits.presses_keys):
        return Utterance.keys(str(choices.index(caller.kind) + 1))
    if caller.happens(caller.habits.says_more_at_once):
        if caller.kind == "delivery":
            caller.settled.add("postcode")
            return Utterance.typed(caller.one("delivery_to", postcode=caller.postcode))
        return Utterance.typed(caller.one("pickup_at", time=caller.one("times")))
    return Utterance.typed(caller.rng.choice(caller.words["kinds"][caller.kind]))


def postcode(caller: Caller, session: Session, turn: Turn) -> Utterance:
    """The right one; sometimes first one that is nowhere near."""
    if "wrong_postcode" not in caller.settled and caller.happens(caller.habits.is_wrong):
        caller.settled.add("wrong_postcode")
        return Utterance.typed(caller.one("postcode", postcode=caller.words["far_postcode"]))
    if caller.happens(caller.habits.presses_keys):
        return Utterance.keys(caller.postcode)
    return Utterance.typed(caller.one("postcode", postcode=caller.postcode))


def phone(caller: Caller, session: Session, turn: Turn) -> Utterance:
    digits = "0" + "".join(str(caller.rng.randint(1, 9)) for _ in range(9))
    if caller.happens(caller.habits.presses_keys):
        return Utterance.keys(digits)
    if caller.happens(0.5):
        digits = " ".join(caller.words["digits"][int(d)] for d in digits)
    return Utterance.typed(caller.one("phone", phone=digits))


def detail(caller: Caller, session: Session, turn: Turn) -> Utterance:
    """A name, an address, a time, a rating."""
    kind = turn.reply.expects.kind
    values: dict[str, dict[str, Any]] = {
        "name": {"name": caller.rng.choice(caller.words["names"])},
        "rating": {"number": caller.rng.choice(caller.words["ratings"])},
        "address": {"address": caller.rng.choice(caller.words["addresses"])},
        "time": {},
    }
    return Utterance.typed(caller.one(kind, **values[kind]) if kind in values else caller.one("finish"))


def yes_no(caller: Caller, session: Session, turn: Turn) -> Utterance:
    question = session.questions[0] if session.questions else None
    key = f"confirm.{question.action}" if question else "confirm.place"
    if key == "confirm.pickup_instead" and caller.settled.isdisjoint({"postcode_again"}):
        return _other_place(caller, session, turn)
    if key == "confirm.fewer":
        _take_fewer(caller, session)
    agrees = DECISIONS[key](caller, session) if key in DECISIONS else True
    if agrees and key == "confirm.pickup_instead":
        caller.kind = "pickup"
    if key == "confirm.place" and not agrees:
        caller.plan_correction()
    if caller.happens(caller.habits.presses_keys):
        return Utterance.keys("1" if agrees else "2")
    return Utterance.typed(caller.one("yes" if agrees else "no"))


DECISIONS: Mapping[str, Callable[[Caller, Session], bool]] = {
    "confirm.place": lambda caller, session: not caller.careful or caller.satisfied(session.cart.lines),
    "confirm.heard": lambda caller, session: False,
    "confirm.offer": lambda caller, session: False,
    "confirm.quantity": lambda caller, session: False,
    "confirm.suggest": lambda caller, session: False,
    "confirm.cancel": lambda caller, session: False,
    "confirm.hand_over": lambda caller, session: False,
}
"""What a caller thinks of a yes-or-no question; all others he agrees to"""


def _other_place(caller: Caller, session: Session, turn: Turn) -> Utterance:
    """He gave a wrong postcode, and gives the right one; or the order is too small, and he comes for it."""
    caller.settled.add("postcode_again")
    if any(p.key == "delivery.outside" for p in turn.reply.prompts):
        return Utterance.typed(caller.one("postcode", postcode=caller.postcode))
    caller.kind = "pickup"
    return Utterance.typed(caller.one("yes"))


def _take_fewer(caller: Caller, session: Session) -> None:
    """The shop has less of something than he wants: what is left will do."""
    item = session.questions[0].data["values"]["item"]
    left, name = Decimal(str(item["quantity"])), item["product"]
    caller.wishes = [w.with_quantity(int(left)) if w.product.name == name else w for w in caller.wishes]


ANSWERS: Mapping[str, Answer] = {
    "yes_no": yes_no, "variant": variant, "option": option, "product": product, "choice": line, "quantity": quantity,
    "fulfilment": fulfilment, "postcode": postcode, "phone": phone,
}
"""Kind of question -> its answer"""
