"""Sentences to intents: the templates of grammars/<lang>/sentences.yaml matched against tokens.

Every template is an automaton over words; all ends it can reach from a place are computed once a sentence and shared
between templates (a chart), so time is bounded by sentence length times grammar size whatever was said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voice.errors import GrammarError
from voice.language import Language
from voice.understanding.templates import Choice, Node, Row, Slot, expand_all, parse_template

Span = tuple[int, int]
SlotEnds = Callable[[str, int], Collection[int]]
"""(slot's list, start) -> where it can end"""


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence of sentences.yaml."""

    intent: str
    text: str
    node: Row
    slots: Mapping[str, str]
    expects: frozenset[str]
    edge: bool
    last: bool
    """Counts only where nothing else is understood"""
    starts: frozenset[str] | None
    """Words it can begin with; None when a slot may come first"""


@dataclass(frozen=True, slots=True)
class Match:
    """A template that covers tokens `start` to `end`."""

    template: Template
    start: int
    end: int
    spans: Mapping[str, Span] = field(default_factory=dict)

    @property
    def literal(self) -> int:
        """Tokens matched by the template's own words."""
        return self.end - self.start - sum(b - a for a, b in self.spans.values())


_NOWHERE: frozenset[int] = frozenset()


class Grammar:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        data = language.topic("sentences")
        source = f"grammars/{language.code}/sentences.yaml"
        rules = {name: str(body) for name, body in data.get("expansion_rules", {}).items()}
        self.lists = {name: _values(body, source) for name, body in data.get("lists", {}).items()}
        interned: dict[Any, Node] = {}
        self.templates = tuple(self._templates(data["intents"], rules, source, interned))
        self.first = {id(node): _first_of(node) for node in interned.values()}
        self._interned = interned  # keeps the ids alive
        self._by_start: dict[str, list[Template]] = {}
        self._anywhere: list[Template] = []
        for template in self.templates:
            if template.starts is None:
                self._anywhere.append(template)
            for word in template.starts or ():
                self._by_start.setdefault(word, []).append(template)

    @staticmethod
    def _templates(
        intents: Mapping[str, Any], rules: Mapping[str, str], source: str, interned: dict[Any, Node]
    ) -> Iterator[Template]:
        for intent, body in intents.items():
            for block in body["data"]:
                for sentence in block["sentences"]:
                    where = block.get("where", body.get("where"))
                    node = _intern(parse_template(str(sentence), rules, f"{source}: {intent}"), interned)
                    assert isinstance(node, Row)
                    yield Template(
                        intent=intent,
                        text=str(sentence),
                        node=node,
                        slots={k: str(v) for k, v in block.get("slots", {}).items()},
                        expects=frozenset(block.get("expects", ())),
                        edge=where == "edge",
                        last=where == "last",
                        starts=_starts(node),
                    )

    def chart(self, keys: Sequence[str], slot_ends: SlotEnds) -> Chart:
        """For matching templates within one sentence."""
        return Chart(self, keys, slot_ends)

    def starting(self, key: str) -> Iterator[Template]:
        """Templates that may begin with this word."""
        yield from self._by_start.get(key, ())
        yield from self._anywhere


class Chart:
    """One sentence's memory of what matches where."""

    def __init__(self, grammar: Grammar, keys: Sequence[str], slot_ends: SlotEnds) -> None:
        self._grammar, self._keys, self._slot_ends = grammar, keys, slot_ends
        self._memory: dict[tuple[int, int], frozenset[int]] = {}
        self._first = grammar.first
        self._next = [frozenset((i + 1,)) for i in range(len(keys))]

    def whole(self, start: int, end: int, wanted: Callable[[Template], bool] | None = None) -> Iterator[Match]:
        """Templates that cover exactly `start` to `end`; `wanted`: of these alone, which takes less time."""
        if start < end:
            for template in self._grammar.starting(self._keys[start]):
                if (wanted is None or wanted(template)) and end in self._ends(template.node, start):
                    yield self._match(template, start, end)

    def prefixes(self, start: int) -> Iterator[Match]:
        """Edge templates that begin at `start`."""
        if start < len(self._keys):
            for template in self._grammar.starting(self._keys[start]):
                if template.edge:
                    for end in self._ends(template.node, start):
                        if end > start:
                            yield self._match(template, start, end)

    def _match(self, template: Template, start: int, end: int) -> Match:
        spans = self._spans(template.node, start, end)
        return Match(template, start, end, spans or {})

    def _ends(self, node: Node, i: int) -> frozenset[int]:
        if isinstance(node, str):
            return self._next[i] if i < len(self._keys) and self._keys[i] == node else _NOWHERE
        words = self._first[id(node)]
        if words is not None and (i >= len(self._keys) or self._keys[i] not in words):
            return _NOWHERE
        key = (id(node), i)
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = frozenset(self._reach(node, i))
        return found

    def _reach(self, node: Slot | Choice | Row, i: int) -> Collection[int]:
        if isinstance(node, Slot):
            return self._ends_of_slot(node, i)
        if isinstance(node, Choice):
            reached: set[int] = set()
            for member in node:
                reached |= self._ends(member, i)
            return reached
        reached = {i}
        for member in node:
            places, reached = reached, set()
            for place in places:
                reached |= self._ends(member, place)
            if not reached:
                break
        return reached

    def _ends_of_slot(self, slot: Slot, i: int) -> Collection[int]:
        if i >= len(self._keys):
            return ()
        values = self._grammar.lists.get(slot[0])
        if values is not None:
            return [i + n for n in range(1, 6) if tuple(self._keys[i : i + n]) in values and i + n <= len(self._keys)]
        return self._slot_ends(slot[0], i)

    def _spans(self, node: Node, i: int, end: int) -> dict[str, Span] | None:
        """Where each slot lies when `node` covers `i` to `end`; None when it does not."""
        if end not in self._ends(node, i):
            return None
        if isinstance(node, str):
            return {}
        if isinstance(node, Slot):
            return {node[1]: (i, end)}
        if isinstance(node, Choice):
            found = (self._spans(member, i, end) for member in node)
            return next(spans for spans in found if spans is not None)
        return self._spans_of_row(node, i, end)

    def _spans_of_row(self, row: Row, i: int, end: int) -> dict[str, Span] | None:
        """Optional words take as much as they can, slots as little."""
        layers = [{i}]
        for member in row:
            layers.append({e for place in layers[-1] for e in self._ends(member, place)})
        place, spans = end, dict[str, Span]()
        for index in range(len(row) - 1, -1, -1):
            member = row[index]
            before = [p for p in layers[index] if place in self._ends(member, p)]
            begin = max(before) if isinstance(member, Slot) else min(before)
            spans.update(self._spans(member, begin, place) or {})
            place = begin
        return spans


def _values(body: Mapping[str, Any], source: str) -> dict[tuple[str, ...], str]:
    """A fixed list's words -> values."""
    if "values" not in body:
        raise GrammarError(f"{source}: a list needs `values` with `in` and `out`; open slots need no list.")
    return {words: str(v["out"]) for v in body["values"] for words in expand_all([v["in"]], source)}


def _intern(node: Node, known: dict[Any, Node]) -> Node:
    """The same object for the same pattern, so that a chart computes it once."""
    if isinstance(node, str):
        return node
    made: Node = node if isinstance(node, Slot) else type(node)(_intern(member, known) for member in node)
    return known.setdefault((type(made).__name__, tuple(m if isinstance(m, str) else id(m) for m in made)), made)


def _starts(node: Node) -> frozenset[str] | None:
    """Words a pattern can begin with; None when a slot or nothing can come first."""
    words, open_ended = _first(node)
    return None if open_ended else frozenset(words)


def _first(node: Node) -> tuple[set[str], bool]:
    """(first words, whether it may begin with a slot or be empty)"""
    if isinstance(node, str):
        return {node}, False
    if isinstance(node, Slot):
        return set(), True
    if isinstance(node, Choice):
        parts = [_first(member) for member in node]
        return set().union(*(w for w, _ in parts)) if parts else set(), any(o for _, o in parts) or not parts
    words: set[str] = set()
    for member in node:
        first, open_ended = _first(member)
        words |= first
        if not open_ended:
            return words, False
        if isinstance(member, Slot):
            return words, True
        if not _optional(member):
            return words, True
    return words, True


def _first_of(node: Node) -> frozenset[str] | None:
    """Words that must come first, for a quick refusal; None when a slot or nothing may."""
    return None if isinstance(node, Slot) or _optional(node) else _starts(node)


def _optional(node: Node) -> bool:
    """Whether a pattern can cover nothing."""
    if isinstance(node, str | Slot):
        return False
    if isinstance(node, Choice):
        return any(_optional(member) for member in node)
    return all(_optional(member) for member in node)
