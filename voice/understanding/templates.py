"""Sentence templates in hassil's format, compiled to word automata.

`(a|b)`, `[optional]`, `<rule>`, `{slot}`. Groups stand between whole words: "drink[s]" is refused, "(drink|drinks)" is
right, so that the speech graph and this matcher read a template alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, permutations
from typing import Union

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from voice.errors import GrammarError
from voice.understanding.tokens import fold

Node = Union[str, "Slot", "Choice", "Row"]
MAX_EXPANSIONS = 20_000


class Slot(tuple[str, str]):
    """A `{list:name}` of a template: (list, name)."""

    __slots__ = ()


class Choice(tuple[Node, ...]):
    """One of its members."""

    __slots__ = ()


class Row(tuple[Node, ...]):
    """Its members in this order."""

    __slots__ = ()


def parse_template(text: str, rules: Mapping[str, str] | None = None, source: str = "") -> Row:
    """Reads one template. Raises GrammarError naming `source` for a malformed one or an unknown rule."""
    try:
        return Row(_node(parse_sentence(text).expression, rules or {}, source or text, 0))
    except (ParseError, ValueError, AssertionError) as error:
        raise GrammarError(f"{source}: the template '{text}' cannot be read: {error}") from error


def _node(expression: Expression, rules: Mapping[str, str], source: str, depth: int) -> Iterator[Node]:
    if isinstance(expression, TextChunk):
        yield from (key for word in expression.original_text.split() if (key := fold(word)))
    elif isinstance(expression, ListReference):
        yield Slot((expression.list_name, expression.slot_name))
    elif isinstance(expression, RuleReference):
        if depth > 12:
            raise GrammarError(f"{source}: the rule <{expression.rule_name}> refers to itself.")
        if expression.rule_name not in rules:
            raise GrammarError(f"{source}: there is no rule <{expression.rule_name}>. Add it to expansion_rules.")
        rule = parse_sentence(rules[expression.rule_name])
        yield Row(_node(rule.expression, rules, source, depth + 1))
    elif isinstance(expression, Permutation):
        rows = [Row(_node(item, rules, source, depth + 1)) for item in expression.items]
        yield Choice(Row(order) for order in permutations(rows))
    elif isinstance(expression, Alternative):
        yield Choice(Row(_node(item, rules, source, depth + 1)) for item in expression.items)
    elif isinstance(expression, Group):
        for item in expression.items:
            yield from _node(item, rules, source, depth + 1)


def expand(node: Node) -> Iterator[tuple[str | Slot, ...]]:
    """Every word sequence of a template."""
    if isinstance(node, str | Slot):
        yield (node,)
    elif isinstance(node, Choice):
        for member in node:
            yield from expand(member)
    elif not node:
        yield ()
    else:
        for first in expand(node[0]):
            for rest in expand(Row(node[1:])):
                yield first + rest


def expand_all(templates: Sequence[str], source: str = "") -> Iterator[tuple[str, ...]]:
    """The word sequences of templates without slots, for phrase tables."""
    for template in templates:
        for words in islice(expand(parse_template(str(template), source=source)), MAX_EXPANSIONS):
            if words:
                yield tuple(str(w) for w in words)
