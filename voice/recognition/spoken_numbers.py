"""Numbers, strings of digits and times of day in the speech grammar."""

from __future__ import annotations

from collections.abc import Iterable

from voice.language import Language
from voice.recognition.automaton import Automaton

_LARGEST_SCALE = 1000


def number(
    a: Automaton, language: Language, source: int, target: int, probability: float, one: int | None = None,
    large: bool = False,
) -> None:
    """One to ninety-nine, small ones likelier. `one`: where "one" leads, when that is not `target`. `large`: hundreds
    and thousands too."""
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
    if large:
        _large(a, language, source, target, 0.005 * probability)


def _large(a: Automaton, language: Language, source: int, target: int, probability: float) -> None:
    """ "a hundred", "two hundred and fifty", "one thousand"."""
    numbers = language.topic("numbers")
    scale, after, rest = (a.state() for _ in range(3))
    scales = [word for word, value in numbers["scales"].items() if value <= _LARGEST_SCALE]
    a.phrases(source, scale, [*numbers["articles"][:1], *(w for w, v in numbers["ones"].items() if v)], probability)
    a.phrases(scale, after, scales)
    a.link(after, target, 0.7)
    a.phrases(after, rest, numbers["and"], 0.2)
    a.link(after, rest, 0.1)
    number(a, language, rest, target, 1.0)


def weight(
    a: Automaton, language: Language, units: Iterable[str], source: int, target: int, probability: float
) -> None:
    """ "half a kilo", "two hundred grams", in some units of units.yaml."""
    data, known = language.topic("spoken_order")["weights_said"], language.topic("units")["units"]
    said = [known[unit]["words"][:2] for unit in units]

    def fill(slot: str, start: int, end: int) -> None:
        if slot == "number":
            number(a, language, start, end, 1.0, large=True)
        else:
            a.phrases(start, end, [words[0 if slot == "unit" else -1] for words in said])

    a.templates(source, target, data, probability, fill=fill)


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
