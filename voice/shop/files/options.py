"""Option groups: defined once, used by categories and products with what differs there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from voice.shop.files.problems import Location, Problems, suggestion
from voice.shop.files.schema import GroupEntry, GroupUse, OptionEntry
from voice.shop.files.validate import expand, validate
from voice.shop.files.values import Pricer, make_id, pronounced
from voice.shop.model import Option, OptionGroup


class GroupBook:
    """All option groups of the file, by id."""

    def __init__(self, entries: Mapping[str, Any], pricer: Pricer, pronunciations: Mapping[str, tuple[str, ...]],
                 problems: Problems) -> None:
        self._pricer, self._shared, self._problems = pricer, pronunciations, problems
        self._groups: dict[str, OptionGroup] = {}
        for key, value in entries.items():
            where: Location = ("option_groups", key)
            short = {"options": value} if isinstance(value, list) else value
            if (entry := validate(GroupEntry, short, where, problems)) is not None:
                self._groups[make_id(key)] = self._group(key, entry, where)
            else:
                self._groups[make_id(key)] = OptionGroup(make_id(key), key, ())
        self._broken = {g.id for g in self._groups.values() if not g.options}

    def used(self, uses: Sequence[Any], where: Location) -> list[OptionGroup]:
        """The groups of an `options:` list: names, or `name: {what differs}`."""
        found: dict[str, OptionGroup] = {}
        for index, use in enumerate(uses):
            name, changes = (next(iter(use.items())) if isinstance(use, dict) and len(use) == 1 else (use, {}))
            here = (*where, index)
            if not isinstance(name, str) or make_id(name) not in self._groups:
                self._problems.add(here, f"there is no option group '{name}'.{suggestion(str(name), self._groups)}")
                continue
            group = self._groups[make_id(name)]
            entry = validate(GroupUse, changes or {}, (*here, name), self._problems)
            if entry and group.id not in self._broken:
                group = self._changed(group, entry, (*here, name))
            found[group.id] = group
        return list(found.values())

    def with_defaults(self, groups: list[OptionGroup], defaults: Mapping[str, Sequence[str]],
                      where: Location) -> list[OptionGroup]:
        """`defaults: {milk: oat milk}` of a category or product."""
        by_id = {group.id: group for group in groups}
        for name, options in defaults.items():
            if make_id(name) not in by_id:
                self._problems.add((*where, name), f"it has no option group '{name}'.{suggestion(name, by_id)}")
            elif make_id(name) not in self._broken:
                group = by_id[make_id(name)]
                by_id[group.id] = replace(group, default=self._ids(group, options, (*where, name)))
        return list(by_id.values())

    def _group(self, key: str, entry: GroupEntry, where: Location) -> OptionGroup:
        options = [self._option(value, (*where, "options", i)) for i, value in enumerate(entry.options)]
        known = {option.id: option for option in options if option}
        if len(known) < sum(1 for option in options if option):
            self._problems.add(where, f"two options of '{key}' have one name. Rename one, or give it an 'id'.")
        if not entry.options:
            self._problems.add(where, f"option group '{key}' has no options. Add some, or remove the group.")
        least = max(entry.min, 1) if entry.required else entry.min
        group = OptionGroup(
            id=make_id(key), name=entry.name or key.replace("_", " "), options=tuple(known.values()), min=least,
            max=entry.max, amounts=entry.amounts, negatable=entry.negatable, portions=entry.portions,
            names_product=entry.names_product, repeatable=entry.repeatable,
            amount_factors=entry.amount_factors, amount_added=entry.amount_added,
        )
        return replace(group, default=self._ids(group, entry.default, (*where, "default")))

    def _option(self, value: Any, where: Location) -> Option | None:
        entry = validate(OptionEntry, expand(value, "price"), where, self._problems)
        if entry is None:
            return None
        extra = {a: self._pricer.minor(p, (*where, "amount_prices", a)) for a, p in entry.amount_prices.items()}
        return Option(
            id=entry.id or make_id(entry.name), name=entry.name, aliases=tuple(entry.aliases),
            price=self._pricer.minor(entry.price, (*where, "price")), available=entry.available, amount_prices=extra,
            pronunciations=pronounced(entry.pronunciations, self._shared, entry.name, *entry.aliases),
            allergens=tuple(entry.allergens),
        )

    def _changed(self, group: OptionGroup, use: GroupUse, where: Location) -> OptionGroup:
        kept = list(group.options)
        if use.only:
            only = self._ids(group, use.only, (*where, "only"))
            kept = [option for option in kept if option.id in only]
        without = self._ids(group, use.without, (*where, "without"))
        kept = [option for option in kept if option.id not in without]
        for name, price in use.prices.items():
            for option_id in self._ids(group, [name], (*where, "prices", name)):
                minor = self._pricer.minor(price, (*where, "prices", name))
                kept = [replace(o, price=minor) if o.id == option_id else o for o in kept]
        default = tuple(d for d in group.default if any(option.id == d for option in kept))
        changed = replace(group, options=tuple(kept), default=default)
        if use.default is not None:
            changed = replace(changed, default=self._ids(changed, use.default, (*where, "default")))
        least = group.min if use.min is None else use.min
        if use.required is not None:
            least = max(least, 1) if use.required else 0
        most = use.max if "max" in use.model_fields_set else group.max
        if most is not None and most < max(least, 1):
            self._problems.add(where, f"max is {most}, which is less than min or than one. Raise max.")
        named = group.names_product if use.names_product is None else use.names_product
        return replace(changed, min=least, max=most, names_product=named)

    def _ids(self, group: OptionGroup, names: Sequence[str], where: Location) -> tuple[str, ...]:
        """Option ids for the owner's names (names, ids or aliases). 'none' alone is no option."""
        known = {key: option.id for option in group.options for key in (*map(make_id, option.aliases), option.id)}
        known |= {make_id(option.name): option.id for option in group.options}
        if [name.lower() for name in names] == ["none"] and "none" not in known:
            return ()
        found = []
        for name in names:
            if make_id(name) in known:
                found.append(known[make_id(name)])
            else:
                self._problems.add(where, f"'{group.name}' has no option '{name}'."
                                          f"{suggestion(name, [o.name for o in group.options])}")
        if group.max is not None and len(found) > group.max and where[-1] == "default":
            self._problems.add(where, f"'{group.name}' allows {group.max} of its options, and the default has "
                                      f"{len(found)}. Raise max, or shorten the default.")
        return tuple(found)
