"""Telephone keys: what digits mean as the answer to a question."""

from __future__ import annotations

from voice.types import Expectation, Intent, Interpretation, NoMatch, Understood

AGENT, REPEAT, DONE = "0", "*", "#"


def interpret(digits: str, expectation: Expectation, ordered: bool = True) -> Interpretation:
    """The meaning of pressed keys: 0 is a person, * repeats, # is "that's all"; digits answer what was asked.

    `ordered`: there is something in the cart.
    """
    intent = _intent(digits.strip(), expectation, ordered)
    return Understood((intent,), digits) if intent else NoMatch(digits)


def _intent(digits: str, expectation: Expectation, ordered: bool) -> Intent | None:
    if digits == REPEAT:
        return Intent("control.repeat")
    kind, number = expectation.kind, digits.rstrip(DONE)
    if kind == "quantity" and number.isdigit():
        return Intent("answer.number", slots={"value": int(number)})
    if digits == AGENT:
        return Intent("control.agent")
    if digits == DONE:
        return Intent("order.finish")
    if not number.isdigit():
        return None
    if kind == "phone":
        return Intent("answer.phone", slots={"phone": number})
    if kind == "postcode":
        return Intent("answer.address", slots={"postcode": number})
    if kind == "digits":
        return Intent("ask.order_status", slots={"number": number})
    if kind == "rating":
        return Intent("answer.rating", slots={"value": int(number)})
    if kind == "time" and len(number) in (3, 4):
        return Intent("answer.time", slots={"time": f"{number[:-2]:0>2}:{number[-2:]}"})
    return _choice(int(number), expectation, ordered)


def _choice(number: int, expectation: Expectation, ordered: bool) -> Intent | None:
    kind = expectation.kind
    if kind == "yes_no":
        return {1: Intent("answer.yes"), 2: Intent("answer.no")}.get(number)
    if kind == "anything":
        keys = {1: Intent("order.review"), 2: Intent("order.finish")} if ordered else {1: Intent("ask.menu")}
        return keys.get(number)
    if expectation.choices:
        return Intent("answer.choice", slots={"index": number - 1})
    return None
