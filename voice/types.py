"""The field's terms as frozen dataclasses. Imports nothing of ours; everything else imports this.

Shop terms (Product, Option, Cart ...) stand in `voice.shop.model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

# --- Audio ---------------------------------------------------------------------------------------------------------

Encoding = Literal["s16le", "s16be", "mulaw", "alaw"]


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How a stream declares its bytes."""

    encoding: Encoding = "s16le"
    rate: int = 16000
    """Hertz"""
    channels: int = 1


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Decoded audio: signed 16-bit little-endian mono samples."""

    pcm: bytes
    rate: int
    """Hertz"""

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.rate


# --- Recognition ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: float = 0.0
    """Seconds from the start of the utterance"""
    end: float = 0.0
    """Seconds from the start of the utterance"""
    confidence: float = 1.0
    """0 to 1"""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of an utterance. `text` is lower case, words separated by one space, "" for nothing heard."""

    text: str
    words: tuple[Word, ...] = ()
    score: float = 0.0
    """Log-likelihood as the decoder gives it; comparable only within one utterance"""
    confidence: float = 1.0
    """Calibrated probability that the words were really said, 0 to 1"""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of the caller's: a stretch of speech, a string of DTMF digits, typed text, or silence."""

    kind: Literal["speech", "dtmf", "text", "silence"]
    hypotheses: tuple[Hypothesis, ...] = ()
    """Best first. DTMF digits and typed text come as one hypothesis of confidence 1."""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return self.hypotheses[0].text if self.hypotheses else ""

    @staticmethod
    def typed(text: str) -> Utterance:
        return Utterance("text", (Hypothesis(text),))

    @staticmethod
    def keys(digits: str) -> Utterance:
        return Utterance("dtmf", (Hypothesis(digits),))

    @staticmethod
    def silence() -> Utterance:
        return Utterance("silence")


# --- Understanding -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OptionMention:
    """An option that was said for an item."""

    group_id: str
    option_id: str
    amount: str | None = None
    """An amount of grammars/<lang>/amounts.yaml: "extra", "light", "double" ...; None for the ordinary amount"""
    negated: bool = False
    """"no onions", "hold the ham" """
    portion: str | None = None
    """"left", "right" or "half" where the group allows portions"""
    text: str = ""
    """The words said, amount included"""
    confidence: float = 1.0
    quantity: int = 1
    """"three shots" of an option that can be had more than once"""


@dataclass(frozen=True, slots=True)
class Question:
    """Something about a mention that must be asked, not guessed."""

    kind: Literal["product", "variant", "option", "quantity", "option_target"]
    """What is open: which product, which variant, which option of a group, how many, whose option"""
    candidates: tuple[str, ...] = ()
    """Ids (of products, variants or options), likeliest first"""
    group_id: str | None = None
    text: str = ""
    """The words that raised it"""


@dataclass(frozen=True, slots=True)
class ItemMention:
    """One line item as it was said. Nothing is filled in that was not said: defaults are the dialogue's business."""

    product_id: str | None
    """None when nothing decided between products: then `questions` holds one of kind "product" """
    quantity: Decimal = Decimal(1)
    quantity_said: bool = False
    unit: str | None = None
    """A unit of grammars/<lang>/units.yaml ("kg", "g", "l" ...); None for pieces"""
    variant_id: str | None = None
    options: tuple[OptionMention, ...] = ()
    questions: tuple[Question, ...] = ()
    confidence: float = 1.0
    text: str = ""
    notes: tuple[str, ...] = ()
    """Wishes a kitchen can read but that no option expresses ("on the side")"""
    definite: bool = False
    """ "the latte": it may be one that was ordered before"""
    diets: tuple[str, ...] = ()
    """What it is asked to be: "vegan", "gluten free"; tags as the owner writes them where he does"""


@dataclass(frozen=True, slots=True)
class Reference:
    """Which lines of the cart a sentence speaks of."""

    kind: Literal["last", "ordinal", "item", "all", "others"]
    """the last touched; "the second one"; "the latte"; "all of them"; "the other one" """
    index: int | None = None
    """Zero-based, -1 the last, for kind "ordinal" """
    item: ItemMention | None = None
    """What the line must be, for kind "item" (product, and variant and options if said: "the large latte")"""


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing the caller wants. Names and their slots are the contract in grammars/intents.yaml."""

    name: str
    items: tuple[ItemMention, ...] = ()
    reference: Reference | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Understood:
    """The intents of one utterance in the order they were said ("remove the muffin and add a coke": two)."""

    intents: tuple[Intent, ...]
    text: str
    """The hypothesis that was chosen"""
    unknown: tuple[str, ...] = ()
    """Stretches of words that nothing accounts for"""


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Something was said, and it was not for the shop or not understood."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing was said."""


Interpretation = Understood | NoMatch | NoInput


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the dialogue asked, so that a short answer can be read ("large" alone, "the first one", "yes but ...")."""

    kind: Literal[
        "anything", "yes_no", "choice", "option", "variant", "quantity", "product", "name", "phone", "address",
        "postcode", "time", "digits", "fulfilment", "rating", "comment",
    ] = "anything"
    product_id: str | None = None
    """The product the question was about"""
    group_id: str | None = None
    """The option group asked for"""
    choices: tuple[str, ...] = ()
    """Ids offered, in the order spoken"""


# --- Dialogue ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to say: a key of grammars/<lang>/prompts.yaml and its values, never text."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """The dialogue's answer to one utterance."""

    prompts: tuple[Prompt, ...]
    expects: Expectation = Expectation()
    action: Literal["listen", "transfer", "hang_up"] = "listen"
    """What the channel does when the prompts have been played"""
    rate: float = 1.0
    """Speaking rate, 1 normal; "slower" lowers it for the session"""


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange, as take_turn() returns it and call records keep it."""

    utterance: Utterance
    interpretation: Interpretation
    reply: Reply
    sentences: tuple[str, ...]
    """The reply in words, one entry a prompt, ready to be spoken or shown"""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """Time each step took: "recognition", "understanding", "dialogue", "prompts" """
