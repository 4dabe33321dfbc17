"""What may stand in a catalogue file: pydantic models of its sections. Unknown keys are refused.

Values arrive as text (see located_yaml), so that prices are exact decimals and `no` is a word until a field wants a
yes or no. Prices stay `Decimal` in major units here; `build` turns them into minor units of the shop's currency.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from voice.shop.files.hours_text import parse_hours
from voice.shop.files.problems import suggestion
from voice.shop.model import OpeningHours

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d{1,2}")


def _decimal(value: Any) -> Decimal:
    text = str(value).strip() if isinstance(value, (str, int, Decimal)) else ""
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _PLAIN_NUMBER.fullmatch(text):
        raise ValueError(f"'{value}' is not a number like 3.50: digits and one point, no currency sign.")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"'{value}' is not a number like 3.50.") from error


def _price(value: Any) -> Decimal:
    amount = _decimal(value)
    if amount < 0:
        raise ValueError(f"{amount} is below zero. Only an option's surcharge may be.")
    if amount >= 10_000_000:
        raise ValueError(f"{amount} is too large for a price.")
    return amount


def read_words(value: Any) -> list[str]:
    """A list of texts, or one text; empty ones are mistakes."""
    entries = value if isinstance(value, list) else [value]
    if value is None:
        return []
    texts = []
    for entry in entries:
        if not isinstance(entry, str) or not entry.strip():
            raise ValueError("a list of words was expected, as in [first, second].")
        texts.append(" ".join(entry.split()))
    return texts


def _yes_no(value: Any) -> bool:
    known = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in known:
        raise ValueError(f"'{value}' was found where yes or no was expected.")
    return known[str(value).lower()]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a name was expected.")
    text = " ".join(value.split())
    if len(text) > 200 or not any(c.isalnum() for c in text):
        raise ValueError("a name has a letter or digit in it and at most 200 characters.")
    return text


def _hours(value: Any) -> tuple[OpeningHours, ...]:
    return tuple(hours for entry in read_words(value) for hours in parse_hours(entry))


def _count(value: Any) -> int:
    text = str(value).strip()
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(f"'{value}' is not a whole number.")
    return int(text)


def _any_number(value: Any) -> int | None:
    return None if value is None or str(value).lower() in ("any", "none") else _count(value)


def read_pronunciations(value: Any) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("write each as 'word: P R AH N AH N S IY EY SH AH N' (ARPABET) or 'word: /IPA/'.")
    return {word.lower(): tuple(read_words(said)) for word, said in value.items()}


Price = Annotated[Decimal, BeforeValidator(_price)]
Surcharge = Annotated[Decimal, BeforeValidator(_decimal)]
Number = Annotated[Decimal, BeforeValidator(_decimal)]
Words = Annotated[list[str], BeforeValidator(read_words)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Name = Annotated[str, BeforeValidator(_name)]
Hours = Annotated[tuple[OpeningHours, ...], BeforeValidator(_hours)]
Count = Annotated[int, BeforeValidator(_count)]
AtMost = Annotated["int | None", BeforeValidator(_any_number)]
Pronunciations = Annotated[dict[str, tuple[str, ...]], BeforeValidator(read_pronunciations)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Named(Section):
    """Something with a spoken name. `oat milk: 0.50` and a bare `oat milk` are short for a mapping (see `expand`)."""

    name: Name
    id: Name | None = None
    aliases: Words = Field(default_factory=list)
    pronunciations: Pronunciations = Field(default_factory=dict)
    available: YesNo = True


class OptionEntry(Named):
    price: Surcharge = Decimal(0)
    amount_prices: dict[str, Surcharge] = Field(default_factory=dict)
    allergens: Words = Field(default_factory=list)


class VariantEntry(Named):
    pass


class GroupEntry(Section):
    name: Name | None = None
    options: list[Any]
    min: Count = 0
    max: AtMost = 1
    required: YesNo | None = None
    default: Words = Field(default_factory=list)
    amounts: YesNo = False
    amount_factors: dict[str, Number] = Field(default_factory=dict)
    amount_added: dict[str, Number] = Field(default_factory=dict)
    negatable: YesNo = True
    portions: YesNo = False
    names_product: YesNo = False
    repeatable: YesNo = False

    @model_validator(mode="after")
    def _consistent(self) -> GroupEntry:
        if self.max is not None and self.max < max(self.min, 1):
            raise ValueError(f"max is {self.max}, which is less than min or than one. Raise max.")
        return self


class GroupUse(Section):
    """How one product or category takes an option group: what differs from the group's own definition."""

    min: Count | None = None
    max: AtMost = None
    required: YesNo | None = None
    default: Words | None = None
    only: Words = Field(default_factory=list)
    without: Words = Field(default_factory=list)
    prices: dict[str, Surcharge] = Field(default_factory=dict)
    names_product: YesNo | None = None


class ProductFields(Section):
    """What a category may set for all its products, and a product for itself."""

    options: list[Any] | None = None
    defaults: dict[str, Words] = Field(default_factory=dict)
    variants: Name | None = None
    default_variant: Name | None = None
    unit: Name | None = None
    tax: Name | None = None
    hours: Hours | None = None
    available: YesNo | None = None
    max_quantity: Count | None = None
    tags: Words = Field(default_factory=list)
    allergens: Words = Field(default_factory=list)
    pairs_with: Words = Field(default_factory=list)


class CategoryEntry(ProductFields):
    name: Name | None = None
    aliases: Words = Field(default_factory=list)


class ProductEntry(ProductFields):
    name: Name
    id: Name | None = None
    category: Name | None = None
    price: Price | None = None
    prices: dict[str, Price] = Field(default_factory=dict)
    aliases: Words = Field(default_factory=list)
    free_of: Words = Field(default_factory=list)
    stock: Count | None = None
    description: str = ""
    popularity: Number = Decimal(0)
    pronunciations: Pronunciations = Field(default_factory=dict)

    @model_validator(mode="after")
    def _priced(self) -> ProductEntry:
        if (self.price is None) == (not self.prices):
            raise ValueError("give either 'price: 3.50' or 'prices: {small: 3.00, large: 4.00}'.")
        if not 0 <= self.popularity <= 1:
            raise ValueError("popularity goes from 0 to 1.")
        return self


class ZoneEntry(Section):
    name: Name
    postcodes: Words = Field(default_factory=list)
    fee: Price = Decimal(0)
    minimum: Price = Decimal(0)
    free_from: Price | None = None
    minutes: Count = 45


class DiscountEntry(Section):
    name: Name
    id: Name | None = None
    percent: Number = Decimal(0)
    amount: Price = Decimal(0)
    minimum: Price = Decimal(0)
    category: Name | None = None
    hours: Hours = ()

    @model_validator(mode="after")
    def _worth(self) -> DiscountEntry:
        if not 0 <= self.percent <= 100:
            raise ValueError("percent goes from 0 to 100.")
        if bool(self.percent) == bool(self.amount):
            raise ValueError("give either 'percent: 10' or 'amount: 2.00'.")
        return self


class ShopEntry(Section):
    name: Name
    currency: str = "EUR"
    locale: str = "en"
    timezone: str = "UTC"
    phone: str = ""
    address: str = ""
    hours: Hours = ()
    closed_on: list[date] = Field(default_factory=list)
    pickup: YesNo = True
    pickup_minutes: Count = 10
    delivery: list[Any] = Field(default_factory=list)
    dine_in: YesNo = False
    taxes: dict[str, Number] = Field(default_factory=dict)
    prices_include_tax: YesNo = True
    discounts: list[Any] = Field(default_factory=list)
    max_quantity: Count = 20
    max_total: Price | None = None

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value.upper() not in list_currencies():
            raise ValueError(f"'{value}' is not a currency. Write its three letters, as EUR or USD.")
        return value.upper()

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError) as error:
            hint = suggestion(value, available_timezones())
            raise ValueError(f"'{value}' is not a time zone such as Europe/Rome.{hint}") from error

    @field_validator("locale")
    @classmethod
    def _locale(cls, value: str) -> str:
        try:
            return str(Locale.parse(value.replace("-", "_")))
        except (ValueError, UnknownLocaleError) as error:
            raise ValueError(f"'{value}' is not a locale such as en_US or it.") from error

    @field_validator("taxes")
    @classmethod
    def _taxes(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        if wrong := [name for name, rate in value.items() if not 0 <= rate <= 100]:
            raise ValueError(f"the rate of '{wrong[0]}' is not a percentage from 0 to 100.")
        return value


class AnswerEntry(Section):
    say: Name
    asked: Words = Field(default_factory=list)
