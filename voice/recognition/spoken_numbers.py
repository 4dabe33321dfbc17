"""Numbers, strings of digits and times of day in the speech grammar."""

from __future__ import annotations

from voice.language import Language
from voice.recognition.automaton import Automaton


def number(
    a: Automaton, language: Language, source: int, target: int, probability: float, one: int | None = None
) -> None:
    """One to ninety-nine, small ones likelier. `one`: where "one" leads, when that is not `target`."""
    numbers = language.topic("numbers")
    ones = {w: 1 / v for w, v in numbers["ones"].items() if v}
    for word, share in ones.items():
        goal = one if one is not None and numbers["ones"][word] == 1 else target
        a.phrase(source, goal, word, 0.92 * probability * share / sum(ones.values()))
    a.phrases(source, target, numbers["teens"], 0.05 * probability)
    tens = a.state()
    a.phrases(source, tens, numbers["tens"], 0.03 * probability)
    a.link(tens, target, 0.6)
    a.phrases(tens, target, ones, 0.4)


def digits(a: Automaton, language: Language, source: int, target: int, probability: float) -> None:
    """A telephone number, a postcode, an order number: digits one by one, some of them double; or one digit alone."""
    data = language.topic("spoken_order")
    more, alone = data["weights"]["digit"], data["weights"]["digit_alone"]
    numbers = language.topic("numbers")["ones"]  # without "oh", which nobody says alone
    a.phrases(source, target, [w for w in data["digits"] if w in numbers], probability * alone)
    first, further, after = a.state(), a.state(), a.state()
    a.link(source, first, probability * (1 - alone))
    for start, goal in ((first, further), (further, after)):
        a.phrases(start, goal, data["digits"], 0.9)
        for word in data["doubles"]:
            a.word(start, start, word, 0.1 / len(data["doubles"]))
    a.link(after, further, more)
    a.link(after, target, 1 - more)


def times(a: Automaton, language: Language, source: int, target: int, probability: float) -> None:
    """ "half past five", "in twenty minutes", "tomorrow at noon"."""
    data = language.topic("spoken_order")["times"]
    a.templates(source, target, data["sentences"], probability, data["rules"])
