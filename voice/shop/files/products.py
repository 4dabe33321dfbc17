"""Products: a product's own keys over those of its category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from voice.shop.files.options import GroupBook
from voice.shop.files.problems import Location, Problems, suggestion
from voice.shop.files.schema import CategoryEntry, ProductEntry, VariantEntry
from voice.shop.files.validate import expand, validate
from voice.shop.files.values import Pricer, make_id, pronounced
from voice.shop.model import OptionGroup, Product, Variant

_INHERITED = ("variants", "default_variant", "unit", "tax", "hours", "available", "max_quantity")
_JOINED = ("tags", "allergens")


class ProductBuilder:
    def __init__(self, categories: Mapping[str, CategoryEntry], groups: GroupBook,
                 variants: Mapping[str, tuple[VariantEntry, ...]], taxes: Sequence[str], pricer: Pricer,
                 pronunciations: Mapping[str, tuple[str, ...]], problems: Problems) -> None:
        self._categories, self._groups, self._variants = categories, groups, variants
        self._taxes, self._pricer, self._shared, self._problems = taxes, pricer, pronunciations, problems
        self._category_groups = {key: self._of_category(key, entry) for key, entry in categories.items()}

    def build_all(self, section: Any) -> list[Product]:
        """`products:` as a list, or as lists under the categories' names."""
        built: dict[str, Product] = {}
        wanted: list[tuple[str, Sequence[str], Location]] = []
        for value, category, where in self._entries(section):
            entry = validate(ProductEntry, expand(value, "price"), where, self._problems)
            if entry is None:
                continue
            product = self._product(entry, category, where)
            if product.id in built:
                self._problems.add(where, f"a second product is called '{entry.name}'. Rename one, give it an 'id', "
                                          "or make both variants of one product.")
            built[product.id] = product
            wanted.append((product.id, self._pairs(entry, product.category), where))
        by_name = {make_id(product.name): product.id for product in built.values()} | {key: key for key in built}
        return [replace(built[p], pairs_with=self._paired(p, pairs, by_name, where)) for p, pairs, where in wanted]

    def _entries(self, section: Any) -> Iterator[tuple[Any, str | None, Location]]:
        if isinstance(section, list):
            yield from ((value, None, ("products", index)) for index, value in enumerate(section))
        elif isinstance(section, dict):
            for key, values in section.items():
                if not isinstance(values, list):
                    self._problems.add(("products", key), f"a list was expected under '{key}', '- name: ...' each.")
                    continue
                yield from ((value, key, ("products", key, index)) for index, value in enumerate(values))
        if not section:
            self._problems.add(("products",), "there are no products. Add 'products:' with '- name: ...' for each.")
        elif not isinstance(section, (list, dict)):
            self._problems.add(("products",), "products: a list was expected, '- name: ...' a product.")

    def _product(self, entry: ProductEntry, under: str | None, where: Location) -> Product:
        category = make_id(entry.category or under or "")
        shelf = self._categories.get(category, CategoryEntry())
        if category and self._categories and category not in self._categories:
            self._problems.add((*where, "category") if entry.category else where[:-1],
                               f"there is no category '{entry.category or under}'."
                               f"{suggestion(category, self._categories)}")
        given = {field: getattr(entry, field) if getattr(entry, field) is not None else getattr(shelf, field)
                 for field in _INHERITED}
        joined = {field: tuple(dict.fromkeys(getattr(shelf, field) + getattr(entry, field))) for field in _JOINED}
        joined["allergens"] = self._allergens(joined["allergens"], entry, where)
        variants = self._variants_of(entry, given["variants"], where)
        tax = given["tax"] or "standard"
        if given["tax"] and tax not in self._taxes:
            self._problems.add((*where, "tax"), f"there is no tax class '{tax}' under shop: taxes."
                                                f"{suggestion(tax, self._taxes)}")
        return Product(
            id=entry.id or make_id(entry.name), name=entry.name, aliases=tuple(entry.aliases), variants=variants,
            price=self._pricer.minor(entry.price, (*where, "price")) if entry.price is not None else 0,
            default_variant=self._default_variant(given["default_variant"], entry, variants, where),
            groups=tuple(self._groups_of(entry, category, where)), category=category, unit=given["unit"],
            tax_class=tax, stock=entry.stock, available=given["available"] is not False,
            hours=given["hours"] or (), max_quantity=given["max_quantity"], description=entry.description.strip(),
            popularity=float(entry.popularity),
            pronunciations=pronounced(entry.pronunciations, self._shared, entry.name, *entry.aliases), **joined,
        )

    def _allergens(self, all_of_them: tuple[str, ...], entry: ProductEntry, where: Location) -> tuple[str, ...]:
        for name in entry.free_of:
            if name not in all_of_them or name in entry.allergens:
                self._problems.add((*where, "free_of"), f"'{name}' is not an allergen of its category."
                                                        f"{suggestion(name, all_of_them)}")
        return tuple(name for name in all_of_them if name not in entry.free_of)

    # variants

    def _variants_of(self, entry: ProductEntry, set_name: str | None, where: Location) -> tuple[Variant, ...]:
        defined: Sequence[VariantEntry] = ()
        if set_name is not None and set_name not in self._variants:
            self._problems.add((*where, "variants"), f"there are no variants '{set_name}'."
                                                     f"{suggestion(set_name, self._variants)}")
        elif set_name is not None:
            defined = self._variants[set_name]
        known = {make_id(v.name): v for v in defined} | {v.id: v for v in defined if v.id}
        found = []
        for name, price in entry.prices.items():
            here = (*where, "prices", name)
            variant = known.get(make_id(name))
            if variant is None and defined:
                self._problems.add(here, f"'{set_name}' has no '{name}'.{suggestion(name, [v.name for v in defined])}")
            minor = self._pricer.minor(price, here)
            if variant is None:
                found.append(Variant(make_id(name), name, minor))
            else:
                variant_id = variant.id or make_id(variant.name)
                found.append(Variant(variant_id, variant.name, minor, tuple(variant.aliases), variant.available))
        return tuple(found)

    def _default_variant(self, name: str | None, entry: ProductEntry, variants: tuple[Variant, ...],
                         where: Location) -> str | None:
        known = {make_id(v.name): v.id for v in variants} | {v.id: v.id for v in variants}
        if name is None or not variants:
            if entry.default_variant is not None:
                self._problems.add((*where, "default_variant"), "there are no variants to choose from. Give 'prices:'.")
            return None
        if make_id(name) not in known and entry.default_variant is not None:
            self._problems.add((*where, "default_variant"), f"there is no variant '{name}'."
                                                            f"{suggestion(name, [v.name for v in variants])}")
        return known.get(make_id(name))

    # options and pairings

    def _of_category(self, key: str, entry: CategoryEntry) -> list[OptionGroup]:
        where: Location = ("categories", key)
        groups = self._groups.used(entry.options or [], (*where, "options"))
        return self._groups.with_defaults(groups, entry.defaults, (*where, "defaults"))

    def _groups_of(self, entry: ProductEntry, category: str, where: Location) -> list[OptionGroup]:
        groups = self._category_groups.get(category, [])
        if entry.options is not None:
            own = self._groups.used(entry.options, (*where, "options"))
            groups = own
        return self._groups.with_defaults(groups, entry.defaults, (*where, "defaults"))

    def _pairs(self, entry: ProductEntry, category: str) -> Sequence[str]:
        shelf = self._categories.get(category)
        return entry.pairs_with or (shelf.pairs_with if shelf else ())

    def _paired(self, product_id: str, names: Sequence[str], by_name: Mapping[str, str],
                where: Location) -> tuple[str, ...]:
        for name in names:
            if make_id(name) not in by_name:
                self._problems.add((*where, "pairs_with"), f"there is no product '{name}' to go with it."
                                                           f"{suggestion(make_id(name), by_name)}")
        found = (by_name[make_id(name)] for name in names if make_id(name) in by_name)
        return tuple(pair for pair in dict.fromkeys(found) if pair != product_id)
