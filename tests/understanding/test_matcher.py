from __future__ import annotations

import random
import string
from collections.abc import Sequence

import pytest

from voice.understanding.matcher import Decision, ProductMatcher

SHOP = {
    "flour": ["Plain Flour 500 g"],
    "flour_1kg": ["Plain Flour 1 kg"],
    "bread_flour": ["Strong Bread Flour 1.5 kg"],
    "potatoes": ["Sweet Potatoes"],
    "macaroni": ["Mac and Cheese", "Macaroni Cheese"],
    "cheesecake": ["Cheesecake"],
    "blueberry": ["Blueberry Muffin"],
    "raspberry": ["Raspberry Muffin"],
    "chocolate": ["Double Chocolate Muffin"],
    "creme": ["Crème Brûlée"],
    "tail_light": ["Bicycle Tail Light Set"],
    "printer": ["Brother MFC-L2710DW Laser Printer", "MFC-L2710DW"],
    "printer2": ["Brother MFC-L2750DW Laser Printer", "MFC-L2750DW"],
    "office": ["Letter Writer Deluxe 7"],
    "office8": ["Letter Writer Deluxe 8"],
    "soap": ["Honeysuckle Hand Soap"],
    "coffee": ["Ground Coffee House Blend"],
    "three": ["3 in 1 Oil"],
}


@pytest.fixture(scope="module")
def matcher() -> ProductMatcher:
    return ProductMatcher(SHOP)


@pytest.mark.parametrize(
    ("query", "product"),
    [
        ("cheesecake", "cheesecake"),
        ("cheese cake", "cheesecake"),
        ("taillight for a bicycle", "tail_light"),
        ("muffin blueberry", "blueberry"),
        ("blueberry muffins", "blueberry"),
        ("choc muffin", "chocolate"),
        ("creme brulee", "creme"),
        ("CRÈME BRÛLÉE!", "creme"),
        ("plain flour 500g", "flour"),
        ("plain flour 1kg", "flour_1kg"),
        ("flour, plain, 1 kg", "flour_1kg"),
        ("mfcl2750dw", "printer2"),
        ("brother mfc l2710dw printer", "printer"),
        ("laser printer MFC-L-2750-DW", "printer2"),
        ("letter writer deluxe v8.0", "office8"),
        ("letter writer deluxe 7.2", "office"),
        ("macaroni", "macaroni"),
        ("bluebery mufin", "blueberry"),
        ("three in one oil", "three"),
    ],
)
def test_names_as_people_write_them(matcher: ProductMatcher, query: str, product: str) -> None:
    assert matcher.rank(query)[0].id == product


@pytest.mark.parametrize(
    ("heard", "product"),
    [
        ("suite potatoes", "potatoes"),
        ("plane flower five hundred g", "flour"),
        ("honey suckle hand soup", "soap"),
        ("ground coughy house blend", "coffee"),
        ("rasp berry muffin", "raspberry"),
    ],
)
def test_what_was_misheard_is_near_in_sound(matcher: ProductMatcher, heard: str, product: str) -> None:
    assert matcher.rank(heard)[0].id == product


def test_sounds_decide_where_letters_cannot() -> None:
    names = {"gnocchi": ["Gnocchi"], "nachos": ["Nachos"], "quay": ["Quiche"], "chorizo": ["Chorizo"]}
    with_sounds = ProductMatcher(names).rank("nyoki")
    without = ProductMatcher(names, phonetic=False).rank("naukeye")
    assert [m.id for m in without] != ["gnocchi"] or with_sounds
    assert ProductMatcher(names).rank("naukeye")[0].id == "gnocchi"


def test_the_best_name_of_a_product_counts_once(matcher: ProductMatcher) -> None:
    ranked = matcher.rank("mac and cheese")
    assert ranked[0].name == "Mac and Cheese"
    assert len({m.id for m in ranked}) == len(ranked)


def test_confidences_are_probabilities(matcher: ProductMatcher) -> None:
    for query in ("blueberry muffin", "muffin", "qwertz", "flour"):
        ranked = matcher.rank(query)
        assert all(0 <= m.confidence <= 1 for m in ranked)
        assert sum(m.confidence for m in ranked) <= 1 + 1e-9
        assert [m.confidence for m in ranked] == sorted((m.confidence for m in ranked), reverse=True)


def test_an_exact_name_is_accepted(matcher: ProductMatcher) -> None:
    for product, names in SHOP.items():
        for name in names:
            assert matcher.decide(name).ids == (product,), name


def test_what_fits_several_is_asked(matcher: ProductMatcher) -> None:
    decision = matcher.decide("muffin")
    assert decision.kind == "ask"
    assert set(decision.ids) == {"blueberry", "raspberry", "chocolate"}


@pytest.mark.parametrize("query", ["", "   ", "?!", "what a lovely day it is", "call my sister", "trousers", "12345"])
def test_what_no_product_resembles_is_refused(matcher: ProductMatcher, query: str) -> None:
    assert matcher.decide(query).kind == "refuse"
    assert matcher.decide(query).ids == ()


def test_several_readings_are_weighed(matcher: ProductMatcher) -> None:
    readings: Sequence[tuple[str, float]] = [("blueberry muff in", 0.5), ("blueberry muffin", 0.4), ("blue berry", 0.1)]
    assert matcher.decide(readings) == Decision("accept", ("blueberry",), matcher.decide(readings).confidence)


def test_popularity_and_context_break_near_ties_only() -> None:
    names = {"a": ["Muffin Blueberry"], "b": ["Muffin Raspberry"], "c": ["Scone"]}
    assert ProductMatcher(names, popularity={"b": 1.0}).rank("muffin")[0].id == "b"
    assert ProductMatcher(names).rank("muffin", context={"b": 1.0})[0].id == "b"
    assert ProductMatcher(names, popularity={"b": 1.0, "c": 1.0}).rank("muffin blueberry")[0].id == "a"


def test_other_alphabets() -> None:
    matcher = ProductMatcher({"rye": ["Хлеб ржаной"], "milk": ["Молоко 3,2 %"], "curd": ["Творожок клубничный"]}, "ru")
    assert matcher.rank("ржаной хлеб")[0].id == "rye"
    assert matcher.rank("молоко 3.2")[0].id == "milk"
    assert matcher.rank("творожок клубничные")[0].id == "curd"


def test_empty_and_nameless_catalogues() -> None:
    assert ProductMatcher({}).rank("latte") == []
    assert ProductMatcher({}).decide("latte").kind == "refuse"
    assert ProductMatcher({"a": [""], "b": []}).rank("latte") == []


def test_any_text_is_answered(matcher: ProductMatcher) -> None:
    chance = random.Random(5)
    alphabet = string.printable + "éßñ日本語жщ😀\x00\u200b٣½"
    for _ in range(300):
        query = "".join(chance.choice(alphabet) for _ in range(chance.choice((0, 1, 5, 40, 2000))))
        assert len(matcher.decide(query).ids) <= 3


def test_a_large_catalogue_finds_each_name() -> None:
    chance = random.Random(3)
    words = ["".join(chance.choice("bcdfgklmnprstv") + chance.choice("aeiou") for _ in range(3)) for _ in range(900)]
    names = {str(i): [" ".join(chance.sample(words, 3))] for i in range(5000)}
    matcher = ProductMatcher(names, phonetic=False)
    assert all(matcher.rank(names[i][0])[0].id == i for i in map(str, range(0, 5000, 250)))


def test_numbers_and_brackets_of_a_menu_need_not_be_said() -> None:
    names = {"duck": ["K4. Crispy Duck (Half, for two)"], "beef": ["K5. Crispy Beef (Spicy)"], "plain": ["Duck"]}
    assert ProductMatcher(names).decide("crispy duck").ids == ("duck",)


def test_words_for_the_same_thing_are_near() -> None:
    names = {"a": ["Eggplant Curry"], "b": ["Pumpkin Curry"], "c": ["Aubrey Curry Powder"]}
    assert ProductMatcher(names).rank("aubergine curry")[0].id == "a"


@pytest.mark.parametrize(
    ("query", "product"),
    [("chicken curries", "a"), ("murgh", "a"), ("rice with potatoes", "b"), ("deluxe planner", "c"), ("cracker", "d")],
)
def test_a_glossary_explains_borrowed_words_and_abbreviations(query: str, product: str) -> None:
    names = {"a": ["Murgh Vindaloo"], "b": ["Aloo Chawal"], "c": ["Kitchen Planner Dlx"], "d": ["Masala Papadum"]}
    assert ProductMatcher(names).rank(query)[0].id == product


def test_a_names_own_words_count_more_than_their_explanation() -> None:
    names = {"a": ["Unagi Rice"], "b": ["Eel Rice"]}
    assert ProductMatcher(names).rank("eel with rice")[0].id == "b"
    assert ProductMatcher(names).rank("unagi with rice")[0].id == "a"


def test_a_joining_word_does_not_decide() -> None:
    names = {"a": ["Lentil Stew"], "b": ["Rusks With"], **{str(i): [f"Rusk {i}"] for i in range(20)}}
    assert ProductMatcher(names).rank("stew with lentils")[0].id == "a"
    assert ProductMatcher({"a": ["With"]}).rank("with")[0].id == "a"


def test_what_many_are_called_is_asked_about() -> None:
    names = {str(i): [f"{maker} apricot jam"] for i, maker in enumerate(("hartwell", "brisbane", "tanaka", "oakley"))}
    names |= {
        f"x{i}": [f"walnut {good}"] for i, good in enumerate(("bread", "oil", "cake", "soup", "butter", "halves"))
    }
    decision = ProductMatcher(names).decide("apricot jam")
    assert decision.kind == "ask"
    assert set(decision.ids) <= {"0", "1", "2", "3"}
    assert len(decision.ids) <= 3


def test_a_row_not_written_as_the_others_is_rather_a_note_than_a_product() -> None:
    menu = {str(i): [name] for i, name in enumerate(("Iced Tea", "Beef Stew", "Green Curry", "Lime Pie", "Beef Salad"))}
    menu["note"] = ["beef salad with extra lime"]
    assert ProductMatcher(menu).rank("beef salad and lime")[0].id == "4"
    lower = {product: [name.lower() for name in given] for product, given in menu.items()}
    assert ProductMatcher(lower).rank("beef salad and lime")[0].id == "note"
