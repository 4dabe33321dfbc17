"""Meanings in one line each, for tables: "2 latte/large oat vanilla=extra -ice ?quantity #on the side"."""

from __future__ import annotations

from voice.types import Intent, Interpretation, ItemMention, OptionMention, Reference, Understood


def of_item(item: ItemMention) -> str:
    """quantity [unit] product[/variant] options ?questions ~diets #notes"""
    parts = [f"{item.quantity.normalize():f}", *([item.unit] if item.unit else [])]
    parts.append((item.product_id or "?") + (f"/{item.variant_id}" if item.variant_id else ""))
    parts += [of_option(option) for option in item.options]
    parts += [f"?{q.kind}" + (f":{','.join(q.candidates)}" if q.candidates else "") for q in item.questions]
    return " ".join(parts + [f"~{diet}" for diet in item.diets] + [f"#{note}" for note in item.notes])


def of_option(option: OptionMention) -> str:
    text = ("-" if option.negated else "") + option.option_id
    text += f"={option.amount}" if option.amount else ""
    text += f"@{option.portion}" if option.portion else ""
    return text + (f"*{option.quantity}" if option.quantity != 1 else "")


def of_reference(reference: Reference) -> str:
    if reference.kind == "item" and reference.item is not None:
        return f"the {of_item(reference.item)}"
    return reference.kind if reference.index is None else f"{reference.kind} {reference.index}"


def of_intent(intent: Intent) -> str:
    """name [slots] [on reference] [: items]"""
    text = intent.name + "".join(f" {name}={value}" for name, value in sorted(intent.slots.items()))
    text += f" on {of_reference(intent.reference)}" if intent.reference else ""
    return text + (": " + "; ".join(of_item(item) for item in intent.items) if intent.items else "")


def of_interpretation(found: Interpretation) -> list[str]:
    return [of_intent(i) for i in found.intents] if isinstance(found, Understood) else [type(found).__name__]
