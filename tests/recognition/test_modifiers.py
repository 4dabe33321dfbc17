"""Options before a product's name: which may follow which."""

from __future__ import annotations

from voice.language import load_language
from voice.recognition.modifiers import Before, BeforeRules, Modifier, beginnings, heads_of
from voice.shop.model import Product

SIZE = Modifier("size", ("small", "large"), 3.0)
MILK = Modifier("milk", ("oat milk", "soy milk"), 1.0)
FIZZ = Modifier("fizz", ("still", "sparkling"), 1.0)
COFFEE, WATER = [SIZE, MILK], [Modifier("size", ("large",), 3.0), FIZZ]
START = Before(frozenset({0, 1}))


def said(rules: BeforeRules, before: Before) -> dict[str, Before]:
    return {phrase: after for m, after in rules.ways(before, [COFFEE, WATER]) for phrase in m.phrases}


def test_what_was_said_leaves_the_products_that_have_it() -> None:
    rules = BeforeRules(memory=1, fits=True)
    first = said(rules, START)
    assert first["large"].classes == {0, 1} and first["small"].classes == {0} and first["still"].classes == {1}
    assert set(said(rules, first["still"])) == {"large"}
    assert set(said(rules, first["large"])) == {"oat milk", "soy milk", "still", "sparkling"}
    assert said(rules, said(rules, first["large"])["still"]) == {"large": Before(frozenset({1}), ("size",))}


def test_without_fitting_everything_may_follow_for_ever() -> None:
    ways = said(BeforeRules(memory=0, fits=False), START)
    assert set(ways) == {"small", "large", "oat milk", "soy milk", "still", "sparkling"}
    assert set(ways.values()) == {START}


def test_a_group_shares_its_probability_among_the_parts_that_fit() -> None:
    parts = [m for m, _ in BeforeRules(memory=1, fits=True).ways(START, [COFFEE, WATER]) if m.id == "size"]
    assert {m.phrases: m.share for m in parts} == {("small",): 1.5, ("large",): 1.5}


def product(name: str, *aliases: str) -> Product:
    return Product(id=name, name=name, category="food", aliases=aliases, price=100)


def test_the_last_word_of_several_names_may_be_any_of_them_unless_it_is_a_name_itself() -> None:
    shop = [
        product("blueberry muffin"), product("chocolate muffin"), product("cola"), product("diet cola"),
        product("cup of tea"), product("herb tea"), product("bread roll"),
    ]  # fmt: skip
    heads = heads_of(shop, load_language("en").topic("spoken_order"))
    assert heads["blueberry muffin"] == ("muffin",) and heads["diet cola"] == () and heads["bread roll"] == ()
    assert beginnings(shop) == ["blueberry", "chocolate", "cup of", "diet", "herb"]
