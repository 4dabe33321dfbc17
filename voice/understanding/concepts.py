"""What a stretch of words may stand for: something of the catalogue, or the language's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

OptionRef = tuple[str, str]
"""(group id, option id)"""


@dataclass(slots=True)
class Concept:
    """Everything one spoken form names in the catalogue. Shared between sentences: never changed after loading."""

    products: dict[str, float] = field(default_factory=dict)
    """Product id -> how well the form names it, 0 to 1"""
    variants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Product id -> its variants of this name"""
    options: dict[str, tuple[OptionRef, ...]] = field(default_factory=dict)
    """Product id -> its options of this name"""
    naming: set[str] = field(default_factory=set)
    """Products that this option names by itself ("a margherita")"""
    exclusive: bool = False
    """Of a group of which only one may be chosen"""
    quality: float = 1.0
    """1 a name as the shop writes it; less for a derived form"""
    describes: bool = False
    """Says which or how rather than what ("chili cheese" of fries, "white" of a flat white): before another noun it is
    no name"""
    undecided: tuple[str, ...] = ()
    """Products between which the words leave the choice, likeliest first"""

    def fits(self, product_id: str) -> bool:
        return product_id in self.variants or product_id in self.options

    def details(self, product_id: str) -> set[OptionRef]:
        """What it is of the product: options, and variants as of a group without a name."""
        return {*self.options.get(product_id, ()), *(("", v) for v in self.variants.get(product_id, ()))}

    def owners(self) -> set[str]:
        """Products that have it as a variant or an option."""
        return self.variants.keys() | self.options.keys()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of tokens with one or several readings; which one holds depends on its neighbours."""

    start: int
    end: int
    text: str
    concept: Concept | None = None
    quality: float = 1.0
    """How near the words were to the concept's, 0 to 1"""
    quantity: Decimal | None = None
    article: bool = False
    again: bool = False
    vague: bool = False
    unit: str | None = None
    amount: str | None = None
    portion: str | None = None
    repair: bool = False
    """May take back what was just said"""
    refuses: bool = False
    """... and ends in a "no" that may be of what follows: "actually no coke" """
    part: bool = False
    """The product is a kind of the one before and some of those: "two lattes, one iced" """
    definite: bool = False
    """Behind "the": of what was spoken of"""
    role: str = ""
    """Of the language's words: "negation", "negation_after", "with", "and", "spread", "frame", "note", "diet", "all",
    "others", "one_of", "repair", "function", "unknown" """

    @property
    def is_product(self) -> bool:
        return self.concept is not None and bool(self.concept.products)
