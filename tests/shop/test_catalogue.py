from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shop.catalogues import SHOP, written
from voice.errors import CatalogueError
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue


def mistakes(folder: Path, text: str | bytes, name: str = "shop.yaml") -> list[str]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def test_the_demonstration_shop_is_one_a_visitor_believes() -> None:
    demo = load_catalogue()
    assert 60 <= len(demo.products) <= 80
    assert all((p.category in demo.categories and p.description) or p.category == "to_take_home" for p in demo.products)
    assert demo.shop.delivery and demo.shop.discounts and demo.shop.taxes["food"] == Decimal(9)
    assert {"returns", "wifi", "parking", "payment", "allergens"} <= set(demo.shop.answers)
    assert len(demo.version) == 64
    club = demo.product("turkey_club_sandwich")
    assert club.group("fillings").default == ("turkey", "bacon", "lettuce", "tomato", "mayonnaise")
    assert demo.product("macchiato").pronunciations["macchiato"]


def test_what_categories_and_topics_are_called() -> None:
    demo = load_catalogue()
    assert "something sweet" in demo.category_words["pastries"]
    assert set(demo.category_words) == {product.category for product in demo.products}
    assert demo.topic_words["gift_cards"] == ("gift cards", "gift card", "voucher", "vouchers")


def test_every_product_of_the_demonstration_costs_something() -> None:
    for product in load_catalogue().products:
        prices = [variant.price for variant in product.variants] or [product.price]
        assert min(prices) > 0, product.id


def test_prices_are_exact_in_the_currency(tmp_path: Path) -> None:
    text = "shop: {{name: X, currency: {0}}}\nproducts: [{{name: a, price: {1}}}]"
    cases = (("EUR", "0.29", 29), ("EUR", "1,15", 115), ("JPY", "500", 500), ("KWD", "1.005", 1005))
    for currency, price, minor in cases:
        catalogue = load_catalogue(written(tmp_path, text.format(currency, f'"{price}"')))
        assert catalogue.product("a").price == minor
    assert "finer than JPY" in mistakes(tmp_path, text.format("JPY", "1.5"))[0]


def test_a_decimal_comma_that_splits_a_number_is_named_with_the_remedy(tmp_path: Path) -> None:
    text = """shop: {name: X, delivery: [{name: centre, postcodes: [10,50], fee: 2.00}]}
option_groups: {milk: {options: [whole milk, oat milk: 0,50, my cup: -1,5]}}
products:
  - {name: latte, price: 3,50}
  - {name: tea, prices: {small: 3,00, large: 4,00}}
  - name: mug
    price: 12,50
"""
    told = "'{}' has a decimal comma, which separates two values here. Write {}."
    numbers = ((2, "0,50"), (2, "-1,5"), (4, "3,50"), (5, "3,00"), (5, "4,00"))
    assert mistakes(tmp_path, text) == [f"{n}: " + told.format(s, s.replace(",", ".")) for n, s in numbers]


def test_a_key_with_nothing_after_it_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    text = "shop: {name: X}\noption_groups:\nproducts:\n- name: tea\n  price: 2\n  options:\n  stock: ~\n"
    tea = load_catalogue(written(tmp_path, text)).product("tea")
    assert tea.groups == () and tea.stock is None


def test_what_a_category_says_holds_for_its_products(shop: Catalogue) -> None:
    latte, tea = shop.product("latte"), shop.product("tea")
    assert [v.id for v in latte.variants] == ["small", "large"]
    assert latte.variant("large").aliases == ("big",)
    assert [g.id for g in latte.groups] == ["milk", "shots", "size_of_cup"]
    assert latte.group("milk").default == ("whole_milk",)
    assert shop.product("focaccia").allergens == ("gluten", "milk")
    assert shop.product("loaf").allergens == ("gluten", "egg")
    assert tea.groups == () and tea.variants == () and tea.tax_class == "food"


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    text = """shop: {name: On}
products:
- {name: no, price: 010}
- {name: 1:30, price: 2}
- {name: null tea, price: 3}
"""
    catalogue = load_catalogue(written(tmp_path, text))
    assert [p.name for p in catalogue.products] == ["no", "1:30", "null tea"]
    assert catalogue.product("no").price == 1000


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = """shop:
  name: X
  currency: EURO
  timezone: Europe/Rom
  hours: "mon-fri 7-25:00"
products:
  - name: Latte
    price: 3.505
    alias: [a]
  - {name: Tea, price: $3}
  - {name: Muffin, price: 2, options: [mlk]}
  - {name: Muffin, price: 2, tax: food}
option_groups:
  milk: {options: [oat: 0.5], default: oats}
"""
    found = mistakes(tmp_path, text)
    expected = [
        ("3:", "EURO"), ("4:", "Did you mean 'Europe/Rome'?"), ("5:", "no clock shows"), ("8:", "finer than EUR"),
        ("9:", "Did you mean 'aliases'?"), ("10:", "'$3' is not a number"), ("11:", "Did you mean 'milk'?"),
        ("12:", "no tax class 'food'"), ("12:", "a second product"), ("14:", "Did you mean 'oat'?"),
    ]
    assert len(found) == len(expected)
    for line, (number, words) in zip(found, expected, strict=True):
        assert line.startswith(number) and words in line, line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        (b"# only a comment\n", "only comments"),
        (b"\tshop: x", "1: "),
        (b"shop:\n\tname: x", "indent with spaces"),
        (b"shop: [", "1:"),
        (b"shop: {name: caf\xe9}", "1: this is not UTF-8"),
        (b"- a\n- b", "sections were expected"),
        (b"shop: {name: X}", "there are no products"),
        (b"shop: {name: X}\nproducts: 5", "a list was expected"),
        (b"shop: {name: X}\nproduct: []\nproducts: [{name: a, price: 1}]", "Did you mean 'products'?"),
        (b"shop: {name: X}\nproducts: &a [*a]", "anchor contains itself"),
        (b"shop: {name: X}\nproducts: [{name: a, price: 1, price: 2}]", "a second time"),
        (b"shop: {name: X}\nproducts: [{name: a}]", "give either"),
        (b"shop: {name: X}\nproducts: [{name: '!?', price: 1}]", "a letter or digit"),
        (b"shop: {name: X}\nproducts: [{name: a, price: -1}]", "below zero"),
        (b"shop: {name: X}\nproducts: [{name: a, price: 1e3}]", "not a number"),
        (b"shop: {name: X}\nproducts: [{name: a, price: NaN}]", "not a number"),
        (b"shop: {name: X}\nproducts: [{name: a, price: 1, stock: -3}]", "not a whole number"),
        (b"shop: {name: X}\nproducts: [{name: a, price: 1, available: maybe}]", "yes or no"),
        (b"shop: {name: X}\nproducts: [{name: a, price: 1, hours: someday 8-9}]", "is not a day"),
        (b"shop: {name: X}\nproducts: [{name: a, price: 1, pairs_with: b}]", "no product 'b'"),
        (b"shop: {name: X}\nproducts: [{name: a, price: 1, free_of: nuts}]", "not an allergen"),
        (b"shop: {name: X, closed_on: [tomorrow]}\nproducts: [{name: a, price: 1}]", "closed_on"),
        (b"shop: {name: X, delivery: [{name: z, fee: x}]}\nproducts: [{name: a, price: 1}]", "not a number"),
        (b"shop: {name: X, discounts: [{name: z}]}\nproducts: [{name: a, price: 1}]", "either 'percent: 10'"),
        (b"shop: {name: X}\noption_groups: {g: {options: []}}\nproducts: [{name: a, price: 1}]", "has no options"),
        (b"shop: {name: X, prompts: {a: b}}\nproducts: [{name: a, price: 1}]", "Move it to the left margin"),
        (b"? [a]\n: b\nshop: {name: X}", "a name was expected"),
        (b"shop: {name: X}\nproducts: [{<<: {price: 1}, name: a}]", "'<<' is not supported"),
    ],
)
def test_each_kind_of_bad_file_gets_a_clear_message(tmp_path: Path, text: bytes, words: str) -> None:
    assert words in "\n".join(mistakes(tmp_path, text))


def test_a_folder_a_missing_file_and_unfolding_anchors(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="is a folder"):
        load_catalogue(tmp_path)
    with pytest.raises(CatalogueError, match="does not exist"):
        load_catalogue(tmp_path / "none.yaml")
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))
    assert "unfold" in mistakes(tmp_path, bomb)[0]


def test_deep_nesting_is_refused_and_not_a_crash(tmp_path: Path) -> None:
    mistakes(tmp_path, "shop: " + "[" * 2000 + "]" * 2000)


def test_utf16_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        path = tmp_path / "shop.yaml"
        path.write_bytes("shop: {name: Café}\nproducts: [{name: crème brûlée, price: 3}]".encode(encoding))
        assert load_catalogue(path).product("creme_brulee").name == "crème brûlée"


def test_a_price_list_is_enough(tmp_path: Path) -> None:
    text = "name,price,aliases,category,price small,price large\nTea,2.50,chai; cuppa,hot,,\nLatte,,,hot,3.00,4.00\n"
    catalogue = load_catalogue(written(tmp_path, text, "corner_shop.csv"))
    assert catalogue.shop.name == "Corner Shop"
    assert catalogue.product("tea").aliases == ("chai", "cuppa")
    assert [v.price for v in catalogue.product("latte").variants] == [300, 400]


def test_a_price_list_may_say_who_sells(tmp_path: Path) -> None:
    text = '# currency: USD,,\n"# hours: mon-fri 08:00-18:00",,\nname,price,stock\nTea,2.50,4\n'
    catalogue = load_catalogue(written(tmp_path, text, "a.csv"))
    assert (catalogue.shop.currency, len(catalogue.shop.hours), catalogue.product("tea").stock) == ("USD", 5, 4)
    found = mistakes(tmp_path, "# curency: USD\nname,price\nTea,x\n", "a.csv")
    assert found[0].startswith("1: unknown key 'curency'. Did you mean") and found[1].startswith("3: price")
    assert "no line that names the columns" in mistakes(tmp_path, "# currency: USD\n", "a.csv")[0]


def test_mistakes_in_a_price_list(tmp_path: Path) -> None:
    text = "name;prize;price\nTea;1;x\n\nLatte;1;3,20;more\n"
    found = "\n".join(mistakes(tmp_path, text, "a.csv"))
    assert "1: unknown column 'prize'. Did you mean 'price'?" in found
    assert "2: price: 'x' is not a number" in found
    assert "4: 4 cells under 3 columns" in found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_file_is_a_crash(tmp_path: Path, data: st.DataObject) -> None:
    text = SHOP
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 20))
        text = text[:at] + data.draw(st.text(alphabet="[]{}:,-#&*!|>'\"\t\n %09ayе€", max_size=4)) + text[at + cut :]
    with suppress(CatalogueError):
        load_catalogue(written(tmp_path, text))


def test_thousands_of_products_load(tmp_path: Path) -> None:
    lines = "".join(f"  - {{name: thing {i}, price: {i}.50, aliases: [item {i}]}}\n" for i in range(3_000))
    assert len(load_catalogue(written(tmp_path, f"shop: {{name: X}}\nproducts:\n{lines}")).products) == 3_000


def test_the_version_changes_with_the_file(tmp_path: Path) -> None:
    first = load_catalogue(written(tmp_path, SHOP))
    second = load_catalogue(written(tmp_path, SHOP.replace("2.00", "2.10")))
    assert first.version != second.version
