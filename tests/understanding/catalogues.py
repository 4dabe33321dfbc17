"""Three small shops of different trades, for the tests of understanding."""

from __future__ import annotations

from voice.shop.model import Catalogue, Option, OptionGroup, Product, Shop, Variant

MILK = OptionGroup(
    "milk",
    "milk",
    (
        Option("whole", "whole milk"),
        Option("oat", "oat milk"),
        Option("soy", "soy milk"),
        Option("almond", "almond milk"),
    ),
    default=("whole",),
)
SYRUP = OptionGroup(
    "syrup",
    "syrup",
    (
        Option("vanilla", "vanilla"),
        Option("hazelnut", "hazelnut"),
        Option("caramel", "caramel"),
    ),
    max=None,
    amounts=True,
)
SHOTS = OptionGroup("shots", "espresso shots", (Option("extra_shot", "extra shot", ("shot",)),), max=3, repeatable=True)
BEANS = OptionGroup("beans", "beans", (Option("decaf", "decaf"),))
EXTRAS = OptionGroup(
    "extras",
    "extras",
    (
        Option("cream", "whipped cream", ("cream",)),
        Option("ice", "ice"),
        Option("cinnamon", "cinnamon"),
    ),
    max=None,
    amounts=True,
)
BAGEL = OptionGroup(
    "topping",
    "topping",
    (
        Option("butter", "butter"),
        Option("cream_cheese", "cream cheese"),
        Option("jam", "jam"),
    ),
    max=2,
    amounts=True,
)


def _cups(small: int, medium: int, large: int) -> tuple[Variant, ...]:
    return Variant("small", "small", small), Variant("medium", "medium", medium), Variant("large", "large", large)


COFFEE = (MILK, SYRUP, SHOTS, BEANS, EXTRAS)
CAFE = Catalogue(
    Shop("Café", answers={"wifi": "The password is on the wall.", "parking": "Behind the house."}),
    (
        Product(
            "latte", "latte", aliases=("caffè latte",), variants=_cups(300, 350, 400), groups=COFFEE, category="coffees"
        ),
        Product("mocha", "mocha", variants=_cups(350, 400, 450), groups=COFFEE, category="coffees"),
        Product("cappuccino", "cappuccino", variants=_cups(300, 350, 400), groups=COFFEE, category="coffees"),
        Product("iced_coffee", "iced coffee", price=300, groups=(MILK, SYRUP, EXTRAS), category="coffees"),
        Product("espresso", "espresso", price=200, groups=(SHOTS, BEANS), category="coffees"),
        Product("green_tea", "green tea", price=250, category="teas"),
        Product("black_tea", "black tea", price=250, groups=(MILK,), category="teas"),
        Product("blueberry_muffin", "blueberry muffin", price=250, category="cakes", tags=("vegetarian",)),
        Product("chocolate_muffin", "chocolate muffin", price=250, category="cakes", allergens=("nuts",)),
        Product("croissant", "croissant", price=200, category="cakes"),
        Product("bagel", "bagel", price=200, groups=(BAGEL,), category="cakes"),
        Product("cola", "cola", price=250, aliases=("coke", "coca cola"), category="drinks"),
        Product(
            "ham_sandwich",
            "ham and cheese sandwich",
            price=500,
            category="sandwiches",
            groups=(
                OptionGroup(
                    "filling",
                    "fillings",
                    (
                        Option("ham", "ham"),
                        Option("cheese", "cheese"),
                        Option("onions", "onions"),
                        Option("tomato", "tomato"),
                        Option("mustard", "mustard"),
                    ),
                    max=None,
                    amounts=True,
                    default=("ham", "cheese"),
                ),
            ),
        ),
    ),
)

TOPPINGS = OptionGroup(
    "topping",
    "toppings",
    (
        Option("ham", "ham"),
        Option("mushrooms", "mushrooms"),
        Option("onions", "onions"),
        Option("peppers", "peppers"),
        Option("olives", "black olives", ("olives",)),
        Option("cheese", "mozzarella", ("cheese",)),
        Option("pepperoni", "pepperoni"),
        Option("pineapple", "pineapple"),
        Option("anchovies", "anchovies"),
    ),
    max=None,
    amounts=True,
    portions=True,
)
STYLES = OptionGroup(
    "style",
    "style",
    (
        Option("margherita", "margherita"),
        Option("hawaiian", "hawaiian"),
        Option("meat", "meat lovers", ("all meat",)),
    ),
    names_product=True,
)
CRUST = OptionGroup("crust", "crust", (Option("thin", "thin crust"), Option("deep", "deep dish")))
PIZZERIA = Catalogue(
    Shop("Pizzeria"),
    (
        Product("pizza", "pizza", aliases=("pie",), variants=_cups(800, 1000, 1200), groups=(STYLES, CRUST, TOPPINGS)),
        Product(
            "coke",
            "coke",
            aliases=("coca cola",),
            variants=(Variant("can", "can", 200), Variant("bottle", "bottle", 300)),
        ),
        Product("water", "water", price=150),
        Product("garlic_bread", "garlic bread", price=350),
        Product("seven_up", "7 up", price=250),
    ),
)

GROCER = Catalogue(
    Shop("Greengrocer and hardware", max_quantity=50),
    (
        Product("potatoes", "potatoes", price=150, unit="kg"),
        Product("carrots", "carrots", price=200, unit="kg"),
        Product("tomatoes", "cherry tomatoes", price=400, unit="kg", aliases=("tomatoes",)),
        Product("eggs", "eggs", price=30),
        Product("basil", "fresh basil", price=150),
        Product("hammer", "claw hammer", price=1500),
        Product("screws_4", "wood screws 4 mm", price=300),
        Product("screws_6", "wood screws 6 mm", price=400),
        Product(
            "paint",
            "wall paint",
            price=2000,
            variants=(Variant("white", "white", 2000), Variant("green", "green", 2200)),
        ),
    ),
)

SHOPS = {"cafe": CAFE, "pizzeria": PIZZERIA, "grocer": GROCER}
