"""What is compared between a query and a name: the columns from which `matcher_weights` makes a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from voice.understanding.matcher_index import Candidates, NameIndex, Query

WORD_FEATURES = (
    "query_covered", "name_covered", "covered", "surplus_words", "missing_words", "both_missing", "best_word",
    "code_agrees", "code_differs", "query_number_missing", "name_number_missing", "number_differs", "first_word",
    "last_word", "name_first", "name_last", "in_order", "brief", "exact",
    "early_covered", "numbers_agree", "longest_run", "name_words", "query_words", "shared_name", "uncapitalised",
)  # fmt: skip
SCORERS = {
    "sort": fuzz.token_sort_ratio, "set": fuzz.token_set_ratio, "whole": fuzz.ratio, "partial": fuzz.partial_ratio,
}  # fmt: skip
FEATURES = (*WORD_FEATURES, "spelling", "sound", *SCORERS, "joined")
_FOUND = 0.5
"""A word with a likeness below this counts as missing"""
_CODE_AGREES = 0.8

Hits = dict[int, list[tuple[int, int, float]]]
"""Index token -> the stretches of the query that may stand for it: first, last, likeness"""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a query and a name cover each other, word by word."""

    query: list[float]
    """Best likeness of each query word"""
    name: list[float]
    """Best likeness of each name word"""
    where: list[int]
    """Position in the query of each name word, -1 for none"""
    code: float
    """Best likeness of a code that punctuation cuts"""


def features(index: NameIndex, query: Query, candidates: Candidates) -> NDArray[np.float64]:
    """One line a candidate, shape (candidates, FEATURES)."""
    rows = candidates.rows.tolist()
    out = np.zeros((len(rows), len(FEATURES)))
    if not rows:
        return out
    hits: Hits = {}
    for unit in query.units:
        for token, likeness in unit.near.items():
            hits.setdefault(token, []).append((unit.first, unit.last, likeness))
    alignments = [_align(index, len(query.tokens), row, hits) for row in rows]
    reach = [max(column) for column in zip(*(a.query for a in alignments), strict=True)]
    words = len(WORD_FEATURES)
    for line, (row, alignment) in enumerate(zip(rows, alignments, strict=True)):
        out[line, :words] = _word_features(index, query, row, alignment, reach)
    out[:, words], out[:, words + 1] = candidates.spelling, candidates.sound
    names = [index.folded[row] for row in rows]
    for column, scorer in enumerate(SCORERS.values(), words + 2):
        out[:, column] = process.cdist([query.text], names, scorer=scorer)[0] / 100
    closed = [name.replace(" ", "") for name in names]
    out[:, -1] = process.cdist([query.text.replace(" ", "")], closed, scorer=fuzz.ratio)[0] / 100
    return out


def _align(index: NameIndex, length: int, row: int, hits: Hits) -> Alignment:
    named = index.rows[row]
    query, name, where = [0.0] * length, [0.0] * len(named), [-1] * len(named)
    code = 0.0
    for position, token in enumerate((*named, *index.row_codes[row])):
        for first, last, likeness in hits.get(token, ()):
            if position >= len(named):
                code = max(code, likeness)
            elif likeness > name[position]:
                name[position], where[position] = likeness, first
            for i in range(first, last + 1):
                query[i] = max(query[i], likeness)
    return Alignment(query, name, where, code)


def _word_features(index: NameIndex, query: Query, row: int, found: Alignment, reach: Sequence[float]) -> list[float]:
    """The WORD_FEATURES of one name. Query words that no candidate has (reach 0) say nothing and do not count."""
    named = index.rows[row]
    weights = [index.idf[t] for t in named]
    asked = [w if r > 0 else 0.0 for w, r in zip(query.weights, reach, strict=True)]
    asked_found = sum(w * b for w, b in zip(asked, found.query, strict=True))
    named_found = sum(w * b for w, b in zip(weights, found.name, strict=True))
    query_covered = asked_found / (sum(asked) or 1.0)
    name_covered = named_found / (sum(weights) or 1.0)
    both_missing = min(sum(asked) - asked_found, sum(weights) - named_found)
    asked_numbers = _missing_numbers(query.numeric, found.query)
    named_numbers = _missing_numbers([index.numeric[t] for t in named], found.name)
    order = [w for w in found.where if w >= 0]
    return [
        query_covered,
        name_covered,
        2 * query_covered * name_covered / ((query_covered + name_covered) or 1.0),
        sum(b < _FOUND and index.content[t] for t, b in zip(named, found.name, strict=True)) / (len(named) + 1),
        sum(b < _FOUND and r > 0 and c for b, r, c in zip(found.query, reach, query.content, strict=True))
        / (len(reach) + 1),
        both_missing / index.unseen / 3,
        max((w * b for w, b in zip(weights, found.name, strict=True)), default=0.0) / index.unseen,
        *_code_features(index, query, row, found),
        asked_numbers,
        named_numbers,
        float(min(asked_numbers, named_numbers) > 0),
        found.query[0] if reach else 0.0,
        found.query[-1] if reach else 0.0,
        found.name[0] if named else 0.0,
        found.name[-1] if named else 0.0,
        sum(b == a + 1 for a, b in pairwise(order)) / max(len(reach) - 1, 1),
        1 / (1 + len(named)),
        float(query.text == index.folded[row]),
        sum(w * b * 0.85**i for i, (w, b) in enumerate(zip(asked, found.query, strict=True)))
        / (sum(w * 0.85**i for i, w in enumerate(asked)) or 1.0),
        min(3, sum(n and b >= 0.9 for n, b in zip(query.numeric, found.query, strict=True))),
        _longest_run(found.where) / (len(named) or 1),
        sum(found.name) / (len(named) or 1),
        sum(found.query) / (sum(r > 0 for r in reach) or 1),
        index.shared[row],
        index.uncapitalised[row],
    ]


def _code_features(index: NameIndex, query: Query, row: int, found: Alignment) -> tuple[float, float]:
    """How well a model number agrees, and whether both have one and none agrees."""
    if not query.has_code:
        return 0.0, 0.0
    in_query = (b for code, b in zip(query.coded, found.query, strict=True) if code)
    in_name = [b for t, b in zip(index.rows[row], found.name, strict=True) if index.coded[t]]
    agrees = max([found.code, *in_query, *in_name])
    if agrees >= _CODE_AGREES:
        return agrees, 0.0
    return 0.0, float(bool(in_name or index.row_codes[row]))


def _missing_numbers(numeric: Sequence[bool], likeness: Sequence[float]) -> int:
    """Numbers that the other side lacks; more than three count as three."""
    if not any(numeric):
        return 0
    return min(3, sum(number and b < 0.9 for number, b in zip(numeric, likeness, strict=True)))


def _longest_run(where: Sequence[int]) -> int:
    """Name words in a row that stand in a row in the query as well."""
    best = run = 0
    for i, place in enumerate(where):
        run = 0 if place < 0 else run + 1 if i and place == where[i - 1] + 1 else 1
        best = max(best, run)
    return best
