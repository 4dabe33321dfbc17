"""Small catalogues for tests, written as an owner would write them."""

from __future__ import annotations

from pathlib import Path

from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue

SHOP = """
shop:
  name: Corner
  currency: EUR
  timezone: Europe/Rome
  hours: [mon-fri 08:00-18:00, sat 20:00-02:00]
  closed_on: [2026-12-25]
  pickup_minutes: 15
  dine_in: no
  delivery:
    - {name: centre, postcodes: ["101"], fee: 3.00, minimum: 10, free_from: 30, minutes: 40}
    - {name: square, postcodes: ["10115"], fee: 1.00, minutes: 20}
  taxes: {food: 10, goods: 22}
  discounts:
    - {name: bread hour, percent: 50, category: bread, hours: "mon-fri 17:00-18:00"}
    - {name: big, amount: 5.00, minimum: 50}
  max_quantity: 5
  max_total: 300
variants:
  cups: [small, {large: {aliases: [big]}}]
option_groups:
  milk: {default: whole milk, options: [whole milk, oat milk: 0.50, {goat milk: {price: 1.00, available: no}}]}
  shots: {max: 2, repeatable: yes, amounts: yes, amount_factors: {double: 2}, options: [shot: 0.80]}
  filling:
    max: any
    amounts: yes
    amount_factors: {double: 2}
    amount_added: {extra: 1}
    options: [{cheese: 1.00}, {ham: {price: 1.50, amount_prices: {extra: 2.20}}}, lettuce, tomato: 0.40]
  size of cup: {negatable: no, options: [my cup: -5.00, paper cup]}
  kind: {required: yes, options: [plain, sesame]}
categories:
  coffee: {variants: cups, options: [milk, shots, size of cup], tax: food}
  bread: {tax: food, allergens: [gluten, milk]}
  rest: {tax: goods}
products:
  - {name: latte, category: coffee, prices: {small: 3.00, large: 4.00}}
  - {name: tea, category: coffee, price: 2.00, options: []}
  - {name: focaccia, category: bread, price: 14.90, unit: kg}
  - {name: loaf, category: bread, price: 5.00, stock: 3, allergens: [egg], free_of: [milk]}
  - {name: bagel, category: rest, price: 2.50, options: [kind]}
  - {name: toast, category: rest, price: 6.00, options: [filling], defaults: {filling: [cheese, lettuce]}}
  - {name: egg, category: rest, price: 1.00, hours: "mon-fri 08:00-10:00"}
  - {name: mug, category: rest, price: 12.00, available: no}
"""


def written(folder: Path, text: str, name: str = "shop.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def small_shop(folder: Path) -> Catalogue:
    return load_catalogue(written(folder, SHOP))
