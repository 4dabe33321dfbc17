"""Runs pydantic over one section at a time and turns its errors into located problems."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from voice.shop.files.problems import Location, Problems, suggestion

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], value: Any, location: Location, problems: Problems) -> M | None:
    """The section as its model, or None with the mistakes noted."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for detail in error.errors():
            _note(model, detail, location, problems)
        unknown = {d["loc"][0] for d in error.errors() if d["type"] == "extra_forbidden" and len(d["loc"]) == 1}
    if not unknown or not isinstance(value, dict):
        return None
    # What is left is used all the same, so that mistakes in what refers to it are told together with these.
    try:
        return model.model_validate({key: kept for key, kept in value.items() if key not in unknown})
    except ValidationError:
        return None


def _note(model: type[BaseModel], detail: Any, location: Location, problems: Problems) -> None:
    inner: Location = tuple(detail["loc"])
    field = ".".join(str(part) for part in inner)
    kind, message = detail["type"], str(detail["msg"]).removeprefix("Value error, ")
    if kind == "extra_forbidden":
        message = f"unknown key '{inner[-1]}'.{suggestion(str(inner[-1]), model.model_fields)}"
    elif kind == "missing":
        message = f"'{inner[-1]}' is missing. Add it."
    elif kind in ("model_type", "dict_type"):
        message = f"lines like 'key: value' were expected{f' for {field}' if field else ''}."
    elif kind == "list_type":
        message = f"{field}: a list was expected, one '- ' a line."
    elif field:
        message = f"{field}: {message}"
    problems.add((*location, *inner), message)


def expand(value: Any, shorthand: str | None) -> Any:
    """`oat milk` -> {name: oat milk}; {oat milk: 0.50} -> {name: oat milk, <shorthand>: 0.50}; and
    {oat milk: {price: 0.50}} -> {name: oat milk, price: 0.50}."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and len(value) == 1 and "name" not in value:
        name, rest = next(iter(value.items()))
        if rest is None:
            return {"name": name}
        if isinstance(rest, dict):
            return {"name": name, **rest}
        if shorthand is not None and isinstance(rest, str):
            return {"name": name, shorthand: rest}
    return value
