"""What is compared between a query and one name: the columns from which `matcher_weights` computes a score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from voice.phonetics import sound_distance, word_phonemes
from voice.understanding.matcher_index import Floats, Ints, NameIndex, Query
from voice.understanding.matcher_text import is_code, is_number

FEATURES = (
    "query_covered", "name_covered", "covered", "surplus_words", "missing_words", "both_missing", "best_word",
    "code_agrees", "code_differs", "query_number_missing", "name_number_missing", "number_differs", "first_word",
    "last_word", "name_first", "name_last", "in_order", "brief", "exact", "trigrams", "sort", "set", "whole", "partial",
    "joined",
)  # fmt: skip
_SCORERS = (fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.ratio, fuzz.partial_ratio)


def features(index: NameIndex, query: Query, rows: Ints, cosines: Floats) -> NDArray[np.float64]:
    """One line a candidate row, shape (rows, FEATURES)."""
    out = np.zeros((len(rows), len(FEATURES)))
    by_token: dict[int, list[tuple[int, int, float]]] = {}
    for unit in query.units:
        for token, likeness in unit.near.items():
            by_token.setdefault(token, []).append((unit.first, unit.last, likeness))
    alignment = [_align(index, query, row, by_token) for row in rows.tolist()]
    reach = [max(column) for column in zip(*(a[0] for a in alignment), strict=True)]
    for line, (row, aligned) in enumerate(zip(rows.tolist(), alignment, strict=True)):
        out[line, :19] = _words(index, query, row, reach, *aligned)
    out[:, 19] = cosines
    names = [index.folded[row] for row in rows]
    for column, scorer in enumerate(_SCORERS, 20):
        out[:, column] = process.cdist([query.text], names, scorer=scorer)[0] / 100
    closed = [name.replace(" ", "") for name in names]
    out[:, 24] = process.cdist([query.text.replace(" ", "")], closed, scorer=fuzz.ratio)[0] / 100
    return out


def _align(index, query, row, by_token):
    """Best likeness of each query word and of each name word, and where in the query the latter was found."""
    named = index.rows[row]
    best_query = [0.0] * len(query.tokens)
    best_name = [0.0] * len(named)
    where = [-1] * len(named)
    for position, token in enumerate(named):
        for first, last, likeness in by_token.get(token, ()):
            if likeness > best_name[position]:
                best_name[position], where[position] = likeness, first
            for i in range(first, last + 1):
                best_query[i] = max(best_query[i], likeness)
    code_hit = 0.0
    for token in index.row_codes[row]:
        for first, last, likeness in by_token.get(token, ()):
            code_hit = max(code_hit, likeness)
            for i in range(first, last + 1):
                best_query[i] = max(best_query[i], likeness)
    return best_query, best_name, where, code_hit


def _words(index, query, row, reach, best_query, best_name, where, code_hit):
    named = index.rows[row]
    names = [index.words[t] for t in named]
    weights = [float(index.idf[t]) for t in named]
    q_weights = [w if r > 0 else 0.0 for w, r in zip(query.weights, reach, strict=True)]
    q_total, n_total = sum(q_weights) or 1.0, sum(weights) or 1.0
    q_cov = sum(w * b for w, b in zip(q_weights, best_query)) / q_total
    n_cov = sum(w * b for w, b in zip(weights, best_name)) / n_total
    q_codes = [i for i, t in enumerate(query.tokens) if is_code(t)]
    n_codes = [i for i, t in enumerate(names) if is_code(t)]
    code_hit = max([code_hit, *(best_query[i] for i in q_codes), *(best_name[i] for i in n_codes)])
    has_q, has_n = bool(q_codes or query.codes), bool(n_codes or index.row_codes[row])
    q_num = sum(1 for t, b in zip(query.tokens, best_query) if is_number(t) and not is_code(t) and b < 0.9)
    n_num = sum(1 for t, b in zip(names, best_name) if is_number(t) and not is_code(t) and b < 0.9)
    order = [w for w in where if w >= 0]
    rising = sum(1 for a, b in zip(order, order[1:]) if b == a + 1) / max(len(query.tokens) - 1, 1)
    q_missing = sum(w * (1 - b) for w, b in zip(q_weights, best_query))
    n_missing = sum(w * (1 - b) for w, b in zip(weights, best_name))
    return (
        q_cov, n_cov, 2 * q_cov * n_cov / (q_cov + n_cov) if q_cov + n_cov else 0.0,
        sum(1 for b in best_name if b < 0.5) / (len(names) + 1),
        sum(1 for b, r in zip(best_query, reach, strict=True) if b < 0.5 and r) / (len(best_query) + 1),
        min(q_missing, n_missing) / index.unseen / 3,
        max((w * b for w, b in zip(weights, best_name)), default=0.0) / index.unseen,
        code_hit if code_hit >= 0.8 else 0.0, float(has_q and has_n and code_hit < 0.8),
        min(q_num, 3), min(n_num, 3), float(min(q_num, n_num) > 0),
        best_query[0] if best_query else 0.0, best_query[-1] if best_query else 0.0,
        best_name[0] if names else 0.0, best_name[-1] if names else 0.0, rising, 1 / (1 + len(names)),
        float(query.text == index.folded[row]),
    )  # fmt: skip
