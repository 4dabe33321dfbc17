"""YAML in which every scalar stays the text that was written, and every value knows its line.

Text stays text because YAML's own guesses harm a price list: `no` and `on` become booleans, 3.50 a float, 010 an octal
number, 12:30 a number in base sixty. The schema decides the type instead.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from voice.errors import CatalogueError
from voice.shop.files.problems import Location

MAX_BYTES = 32 * 1024 * 1024
MAX_VALUES = 1_000_000
"""Anchors can make a small file unfold without end"""
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_WHOLE, _CENTS = re.compile(r"[+-]?\d+"), re.compile(r"\d{1,2}")


def read_text(path: Path) -> str:
    """The file as text. Raises CatalogueError for anything that is not a text file of sensible size."""
    try:
        if path.is_dir():
            raise CatalogueError(f"{path} is a folder. Name the catalogue file in it.")
        if path.stat().st_size > MAX_BYTES:
            raise CatalogueError(f"{path} is larger than {MAX_BYTES >> 20} MB, which no catalogue should be.")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise CatalogueError(f"{path} does not exist. 'comanda catalogue new {path}' writes one.") from error
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CatalogueError(f"{path}:{line}: this is not UTF-8 text. Save the file as UTF-8.") from error
    if not text.strip():
        raise CatalogueError(f"{path} is empty. 'comanda catalogue new FILE' writes one to start from.")
    return text


def read_yaml(path: Path) -> tuple[Any, dict[Location, int], list[tuple[Location, str]]]:
    """The file's content (dicts, lists, str, None), the line of each location, and mistakes found on the way."""
    text = read_text(path)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise CatalogueError(_syntax_message(path, text, error)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise CatalogueError(f"{path} cannot be read as YAML: {error}") from error
    if node is None:
        raise CatalogueError(f"{path} holds only comments. 'comanda catalogue new FILE' writes one to start from.")
    reader = _Reader()
    try:
        content = reader.read(node, ())
    except RecursionError as error:
        raise CatalogueError(f"{path} is nested too deeply.") from error
    except OverflowError as error:
        raise CatalogueError(f"{path}: {error}") from error
    return content, reader.lines, reader.problems


class _Reader:
    def __init__(self) -> None:
        self.lines: dict[Location, int] = {}
        self.problems: list[tuple[Location, str]] = []
        self._open: set[int] = set()
        self._count = 0

    def read(self, node: yaml.Node, location: Location) -> Any:
        self.lines.setdefault(location, node.start_mark.line + 1)
        self._count += 1
        if self._count > MAX_VALUES:
            raise OverflowError("its anchors unfold to too many values. Write the lists out, or use categories.")
        if isinstance(node, yaml.ScalarNode):
            plain = not node.style  # libyaml says '', PyYAML's own reader None
            return None if plain and node.value in _NULLS else node.value
        if id(node) in self._open:
            self.problems.append((location, "this anchor contains itself. Write the value out."))
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return self._sequence(node, location)
            return self._mapping(node, location)
        finally:
            self._open.discard(id(node))

    def _sequence(self, node: yaml.SequenceNode, location: Location) -> list[Any]:
        values: list[Any] = []
        before: yaml.Node | None = None
        for child in node.value:
            if not self._decimal_comma(before, child, location):
                values.append(self.read(child, (*location, len(values))))
            pair = isinstance(child, yaml.MappingNode) and len(child.value) == 1
            before = child.value[0][1] if pair else None  # [oat milk: 0,50]; a list of bare numbers may well be one
        return values

    def _mapping(self, node: yaml.Node, location: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        before: yaml.Node | None = None
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if value_node.value == "" and self._decimal_comma(before, key_node, location):
                continue
            before = value_node
            if not isinstance(key_node, yaml.ScalarNode):
                self._at(line, location, "a name was expected before ':', found a list. Put it in quotes.")
                continue
            key = key_node.value
            here = (*location, key)
            if key == "<<":
                self._at(line, location, "'<<' is not supported. Put what is shared into the category.")
            elif key in values:
                first = self.lines[here]
                self._at(line, location, f"'{key}' stands here a second time (first on line {first}). Remove one.")
            else:
                self.lines[here] = line
                values[key] = self.read(value_node, here)
        return values

    def _decimal_comma(self, before: yaml.Node | None, node: yaml.Node, location: Location) -> bool:
        """Whether a comma right behind one number made its cents a value of their own, as in {price: 3,50}: told so."""
        if not isinstance(before, yaml.ScalarNode) or not isinstance(node, yaml.ScalarNode):
            return False
        adjacent = before.end_mark.index + 1 == node.start_mark.index
        if not adjacent or not _WHOLE.fullmatch(before.value) or not _CENTS.fullmatch(node.value):
            return False
        message = (f"'{before.value},{node.value}' has a decimal comma, which separates two values here. "
                   f"Write {before.value}.{node.value}.")
        self._at(node.start_mark.line + 1, location, message)
        return True

    def _at(self, line: int, location: Location, message: str) -> None:
        marker = (*location, f"line {line}")
        self.lines[marker] = line
        self.problems.append((marker, message))


def _syntax_message(path: Path, text: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    written = text.splitlines()
    line = min(mark.line if mark else 0, len(written) - 1)
    source = written[line]
    hint = "Check the indentation, and put texts with ':' or '#' in quotes."
    if "\t" in source[: len(source) - len(source.lstrip())]:
        hint = "The line begins with a tab: indent with spaces."
    elif "undefined alias" in str(error.problem):
        hint = "Put texts that begin with '*' or '&' in quotes."
    return f"{path}:{line + 1}: {error.problem or 'cannot be read as YAML'}. {hint}"
