"""Ids from names, and prices in minor units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from voice.shop.files.problems import Location, Problems

_WORD = re.compile(r"[^\W_]+")


def make_id(name: str) -> str:
    """"Crème brûlée" -> creme_brulee; letters of other alphabets stay."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = plain if plain.isascii() else unicodedata.normalize("NFC", name)
    return "_".join(_WORD.findall(plain.replace("'", "").replace("’", "").lower()))


def words_of(*texts: str) -> set[str]:
    return {word for text in texts for word in text.lower().split()}


def pronounced(own: Mapping[str, tuple[str, ...]], shared: Mapping[str, tuple[str, ...]],
               *texts: str) -> dict[str, tuple[str, ...]]:
    """The pronunciations that these texts need: their own first, then what the file gives for everyone."""
    words = words_of(*texts)
    return {**{word: said for word, said in shared.items() if word in words}, **own}


@dataclass(frozen=True)
class Pricer:
    currency: str
    digits: int
    """Decimal places of the currency's minor unit (ISO 4217)"""
    problems: Problems

    def minor(self, amount: Decimal, location: Location) -> int:
        """Exact: an amount finer than the minor unit is a mistake, never rounded."""
        scaled = amount.scaleb(self.digits)
        if scaled != scaled.to_integral_value():
            self.problems.add(location, f"{amount} is finer than {self.currency} goes. "
                                        f"Use at most {self.digits} digits after the point.")
        return int(scaled)
