"""Values in the words of a language: quantities, money, times, items, lists. Rules in grammars/<lang>/speech.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, get_currency_name, get_currency_precision
from num2words import num2words

from voice.language import Language


class Wording:
    """Says values as people do: "four euros fifty", "two large lattes with oat milk", "today at 9:30 am"."""

    def __init__(self, language: Language, currency: str = "EUR") -> None:
        self.rules = language.topic("speech")
        self.code = language.code
        self.locale = Locale.parse(language.code)
        self.currency = currency

    def category(self, count: Decimal | int) -> str:
        """CLDR plural category of a count: "one", "few", "many", "other"."""
        return str(self.locale.plural_form(count))

    def counted(self, count: Decimal | int, phrase: str) -> str:
        """A count as it agrees with what is counted: Russian "одна булочка", "две булочки"."""
        return self._agreeing("counts", self.number(count), phrase)

    def _agreeing(self, rules: str, word: str, phrase: str) -> str:
        """A word rewritten by the first of these rules that fits it and the gender of a phrase."""
        fitting = (r for r in self.rules.get(rules, ()) if r.get("gender") == self.gender(phrase) and _fits(r, word))
        rule = next(fitting, None)
        return re.sub(rule["when"], str(rule["as"]), word, flags=re.IGNORECASE) if rule else word

    def number(self, value: Decimal | int | str) -> str:
        """A count in words up to the language's limit, then in digits."""
        count = Decimal(value)
        whole = int(count)
        if count == whole:
            if 0 <= whole <= self.rules["numbers"]["words_up_to"]:
                return str(num2words(whole, lang=self.code))
            return str(whole)
        if count - whole == Decimal("0.5") and whole:
            return str(self.rules["and_a_half"]).format(whole=self.number(whole))
        return str(format_decimal(count, locale=self.locale))

    def money(self, amount: int) -> str:
        """Minor units as they are said: 450 is "four euros fifty"."""
        rules = self.rules["money"]
        if amount < 0:
            return str(rules["minus"]).format(money=self.money(-amount))
        if amount == 0:
            return str(rules["nothing"])
        whole, rest = divmod(amount, 10 ** get_currency_precision(self.currency))
        names = rules["units"].get(self.currency, {})
        unit = _by_category(names.get("unit"), self.category(whole)) or get_currency_name(
            self.currency, whole, locale=self.locale
        )
        cent = _by_category(names.get("cent"), self.category(rest))
        if whole and not rest:
            return str(rules["whole"]).format(amount=self.counted(whole, unit), unit=unit)
        cents = self.counted(rest, cent)
        if whole or not cent:
            return str(rules["both"]).format(amount=self.counted(whole, unit), unit=unit, cents=cents, cent=cent)
        return str(rules["cents"]).format(cents=cents, cent=cent)

    def clock(self, value: time) -> str:
        rules = self.rules["times"]
        if value.minute == 0 and value.hour in (0, 12):
            return str(rules["noon" if value.hour else "midnight"])
        pattern = rules["clock"] if value.minute else rules["hour"]
        return str(format_time(value, pattern, locale=self.locale)).replace("\u202f", " ").lower()

    def moment(self, at: datetime, now: datetime) -> str:
        """A time of an order, said against today."""
        rules = self.rules["times"]
        days = (at.date() - now.date()).days
        pattern = {0: rules["today"], 1: rules["tomorrow"]}.get(days, rules["later"])
        return str(pattern).format(clock=self.clock(at.time()), day=self.date_of(at, now))

    def date_of(self, at: datetime, now: datetime) -> str:
        """A day, by its weekday alone within the next seven."""
        if (at.date() - now.date()).days < 7:
            return self.day(at.date())
        return str(format_date(at, self.rules["times"]["date"], locale=self.locale))

    def day(self, value: date | int) -> str:
        """A weekday's name, of a date or of 0 (Monday) to 6."""
        if isinstance(value, int):
            value = date(2024, 1, 1 + value)  # a Monday and the days after it
        return str(format_date(value, self.rules["times"]["day"], locale=self.locale))

    def span(self, opens: str, closes: str) -> str:
        said = [self.clock(time.fromisoformat(value)) for value in (opens, closes)]
        return str(self.rules["times"]["span"]).format(opens=said[0], closes=said[1])

    def digits(self, value: str) -> str:
        """One character at a time, so that each is spoken."""
        return str(self.rules["digits"]["letters_between"]).join(c for c in value if c.isalnum())

    def list(self, parts: Sequence[str], word: str = "and") -> str:
        """ "a, b and c"; with `word` "or": "a, b or c"."""
        if len(parts) < 2:
            return "".join(parts)
        return str(self.rules["lists"][word]).format(start=", ".join(parts[:-1]), last=parts[-1])

    def plural(self, name: str, count: Decimal | int) -> str:
        """A product's name in the form a count asks for; a rule may be for one CLDR `category` ("few") alone."""
        category = self.category(count)
        if category == "one":
            return name
        for rule in self.rules["plurals"]:
            if rule.get("category", category) != category:
                continue
            found = re.search(rule.get("when", ""), name, re.IGNORECASE)
            if not found:
                continue
            if head := rule.get("head"):
                return self.plural(found.group(head), count) + name[found.end(head) :]
            stem = name[: len(name) - rule.get("cut", 0)]
            return str(rule["as"]).format(stem)
        return name

    def gender(self, phrase: str) -> str:
        """Grammatical gender of a phrase by the language's rules; "" where it has none."""
        return next((str(r["say"]) for r in self.rules.get("genders", ()) if _fits(r, phrase)), "")

    def article(self, phrase: str) -> str:
        """What stands before a single piece."""
        gender = self.gender(phrase)
        rules = [r for r in self.rules["articles"] if r.get("gender", gender) == gender]
        return next((str(r["say"]) for r in rules if _fits(r, phrase)), "")

    def the(self, phrase: str) -> str:
        """A thing already spoken of: "the large latte"."""
        rules = [r for r in self.rules["definite"] if r.get("gender", self.gender(phrase)) == self.gender(phrase)]
        return next((str(r["say"]).format(phrase) for r in rules if _fits(r, phrase)), phrase)

    def known_item(self, item: Mapping[str, Any]) -> str:
        """An item already spoken of: "the latte", "the two large lattes"."""
        return self.the(self.item(item, quantity=Decimal(str(item.get("quantity", 1))) != 1))

    def price_of(self, name: str, amount: int) -> str:
        return str(self.rules["money"]["price_of"]).format(name=name, money=self.money(amount))

    def form(self, name: str, phrase: str) -> str:
        """A named rewriting of the language: a case, a definite form. Unknown names leave the phrase as it is."""
        for rule in self.rules.get("forms", {}).get(name, ()):
            if _fits(rule, phrase):
                return re.sub(rule.get("when", "^.*$"), str(rule["as"]), phrase, flags=re.IGNORECASE)
        return phrase

    def smooth(self, sentence: str) -> str:
        """Elision, contraction and spaces, over a whole sentence."""
        for rule in self.rules.get("smooth", ()):
            sentence = re.sub(rule["when"], rule["as"], sentence, flags=re.IGNORECASE)
        return sentence.strip(" ,")

    def item(self, item: Mapping[str, Any], quantity: bool = True) -> str:
        """A line item, given by the names of its parts (see `TurnContext.words`)."""
        rules = self.rules["item"]
        count = Decimal(str(item.get("quantity", 1))) if quantity else Decimal(1)
        options, unit = item.get("options", ()), item.get("unit")
        noun = self._noun(item, Decimal(1) if unit else count)
        said = self._options([o for o in options if not o.get("named")], item.get("notes", ()))
        if not quantity:
            return self.smooth(str(rules["bare"]).format(noun=noun, options=said))
        if unit:
            amount, unit_name = self._measure(count, unit)
            (noun,) = self._in_case("measure", [noun])
            return self.smooth(str(rules["measure"]).format(quantity=amount, unit=unit_name, noun=noun, options=said))
        one = count == 1 and self.rules["numbers"].get("one") == "article"
        amount = self.article(noun) if one else self.counted(count, str(item["product"]))
        return self.smooth(str(rules["piece"]).format(quantity=amount, noun=noun, options=said))

    def _noun(self, item: Mapping[str, Any], count: Decimal) -> str:
        """Variant, naming options and product in the language's order: "large latte", "two slices of carrot cake"."""
        rules = self.rules["item"]
        product, variant = str(item["product"]), item.get("variant") or ""
        if re.search(rules["variant_silent"], variant, re.IGNORECASE):
            variant = ""
        named = [self.option(o) for o in item.get("options", ()) if o.get("named")]
        if named and named[0].split()[-1].lower() == product.split()[-1].lower():
            product, named = named[0], named[1:]  # "plain bagel" of the product "bagel"
        if variant and re.search(rules["variant_of"], variant, re.IGNORECASE):
            whole = " ".join([*named, product])
            return str(rules["variant_of_as"]).format(variant=self.plural(variant, count), product=whole)
        product = self.plural(product, count)
        variant, *named = (self._agreeing("agreement", word, product) for word in (variant, *named))
        if variant and re.search(rules["variant_after"], variant, re.IGNORECASE):
            product, variant = str(rules["variant_after_as"]).format(product=product, variant=variant), ""
        return self.smooth(str(rules["noun"]).format(variant=variant, named=" ".join(named), product=product) + " ") + (
            "," if product.endswith(",") else ""
        )

    def _measure(self, count: Decimal, unit: str) -> tuple[str, str]:
        names = self.rules["units"].get(unit, {})
        small = count * names.get("parts", 0)
        if 0 < small < names.get("parts", 0) and small == small.to_integral_value() and not self._fraction(count):
            return self._measure(small, str(names["part"]))
        if fraction := self._fraction(count):
            return str(fraction), _by_category(names, self.category(1)) or unit
        name = _by_category(names, self.category(count)) or unit
        return self.counted(count, name), name

    def _fraction(self, count: Decimal) -> str:
        return str(self.rules["fractions"].get(str(count.normalize()), ""))

    def _options(self, options: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> str:
        rules = self.rules["item"]
        said = [self.option(o) for o in options if not o.get("negated")]
        adjectives = [o for o in said if re.search(rules["adjective"], o, re.IGNORECASE)]
        wanted = [o for o in said if o not in adjectives]
        unwanted = [self.option(o) for o in options if o.get("negated")]
        parts = []
        if wanted:
            parts.append(str(rules["with"]).format(options=self.list(self._in_case("with", wanted))))
        if unwanted:
            key = "no_more" if wanted else "without"
            parts.append(str(rules[key]).format(options=self.list(self._in_case("without", unwanted), "or")))
        if adjectives:
            parts.append(str(rules["note"]).format(notes=self.list(adjectives)))
        if notes:
            parts.append(str(rules["note"]).format(notes=self.list(list(notes))))
        return " ".join(parts)

    def _in_case(self, place: str, phrases: Sequence[str]) -> Sequence[str]:
        """Phrases in the form (`forms`) that the language's `cases` ask for in a place of an item's pattern."""
        case = self.rules["item"].get("cases", {}).get(place)
        return [self.form(case, phrase) for phrase in phrases] if case else phrases

    def option(self, option: Mapping[str, Any]) -> str:
        """An option with its amount, quantity and portion, but without "with" or "without"."""
        said = str(option["name"])
        if amount := option.get("amount"):
            pattern = self.rules["amounts"].get(amount) or self.rules.get(amount) or self.rules["amount"]
            said = str(pattern).format(option=said, amount=str(amount).replace("_", " "))
        if (quantity := int(option.get("quantity", 1))) > 1:
            said = str(self.rules["item"]["times"]).format(quantity=self.number(quantity), option=said)
        if portion := option.get("portion"):
            said = str(self.rules["item"]["portion"].get(portion, "{option}")).format(option=said)
        return said


def _by_category(forms: Mapping[str, str] | None, category: str) -> str:
    return (forms.get(category) or forms.get("other") or "") if forms else ""


def _fits(rule: Mapping[str, Any], phrase: str) -> bool:
    return "when" not in rule or re.search(rule["when"], phrase, re.IGNORECASE) is not None
