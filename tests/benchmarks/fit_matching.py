"""Fits the constants of voice/understanding/matcher_weights.py and prints that file.

    python -m tests.benchmarks.fit_matching --set CATALOGUE.jsonl PAIRS.jsonl [--set ...] [--spoken CATALOGUE.jsonl]

Ranking: a conditional logit (McFadden 1974) over the candidates of each query, every set weighing the same, the names
misheard by machine half as much. Confidence: a softmax with the outside option "none is meant", fitted on queries with
their product in the catalogue, without it, and on queries for another catalogue. The first table is what each set
reaches with weights fitted on the others only, and with weights fitted on every second query of all sets.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.matching import read_jsonl, row_names
from tests.benchmarks.misheard import misheard
from voice.understanding.matcher import name_rows
from voice.understanding.matcher_features import FEATURES, features
from voice.understanding.matcher_index import NameIndex

Matrix = NDArray[np.float64]
_NOTHING = -1e9
_NEVER_NEGATIVE = ("exact", "sound", "code_agrees", "in_order", "best_word")
"""A name that agrees more must not score less, whatever the noise in the sets says"""


_MODULE = '''"""The constants of the matcher, as `python -m tests.benchmarks.fit_matching` fitted them."""

RANKING = {{
{weights}
}}
"""Weight of each feature of `matcher_features`"""

CALIBRATION = {{"scale": {scale:.3f}, "none": {none:.3f}}}
"""Scale of the scores, and the score of "none is meant", for the softmax of the confidence"""
'''


@dataclass(frozen=True)
class Problem:
    """The candidates of one set's queries, padded to the same number."""

    name: str
    features: Matrix
    """(queries, candidates, FEATURES)"""
    padding: Matrix
    """(queries, candidates): 0, or very low where there is no candidate"""
    gold: Matrix
    """(queries, candidates): 1 for what is meant"""
    share: float = 1.0
    """Weight beside the other sets when the ranking is fitted"""


_LIMIT = 50
_SPOKEN_SHARE = 0.5
"""Names misheard by machine are easier to have than people's queries, and less like what a shop hears"""
Queries = Sequence[tuple[str, set[str]]]


def problem(name: str, names: dict[str, list[str]], queries: Queries, share: float = 1.0) -> Problem:
    """Looks every query up and computes the features of its candidates."""
    rows = list(name_rows(names))
    index = NameIndex([n for _, n in rows])
    shape = (len(queries), 2 * _LIMIT)
    out = Problem(name, np.zeros((*shape, len(FEATURES))), np.full(shape, _NOTHING), np.zeros(shape), share)
    for i, (text, gold) in enumerate(queries):
        query = index.parse(text)
        found = index.candidates(query, _LIMIT)
        count = len(found.rows)
        out.features[i, :count] = features(index, query, found)
        out.padding[i, :count] = 0
        out.gold[i, :count] = [rows[row][0] in gold for row in found.rows]
    return out


def fit_ranking(problems: Sequence[Problem], steps: int = 250) -> Matrix:
    """Weights of FEATURES by Adam on the mean log-likelihood of the right product."""
    bounded = [FEATURES.index(f) for f in _NEVER_NEGATIVE]
    weights, momentum, square = (np.zeros(len(FEATURES)) for _ in range(3))
    total = sum(p.share for p in problems)
    for step in range(1, steps + 1):
        gradient = 1e-3 * weights + sum(p.share * _gradient(p, weights) for p in problems) / total
        momentum = 0.9 * momentum + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        weights -= 0.05 * momentum / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        weights[bounded] = np.maximum(weights[bounded], 0)
    return weights


def _gradient(p: Problem, weights: Matrix) -> Matrix:
    answered = p.gold.any(axis=1)
    chance = _softmax(p.features[answered] @ weights + p.padding[answered])
    right = chance * p.gold[answered]
    right /= right.sum(axis=1, keepdims=True) + 1e-12
    slope: Matrix = np.einsum("qc,qcf->f", chance - right, p.features[answered]) / max(int(answered.sum()), 1)
    return slope


def _softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def top1(p: Problem, weights: Matrix) -> float:
    best = np.argmax(p.features @ weights + p.padding, axis=1)
    return float(np.mean(p.gold[np.arange(len(best)), best]))


def on_other_half(problems: Sequence[Problem]) -> list[float]:
    """Top-1 of each set's queries by weights that were fitted on every second query of all sets, without them."""
    halves = [[_half(p, k) for p in problems] for k in (0, 1)]
    fitted = [fit_ranking(half) for half in halves]
    return [(top1(a, fitted[1]) + top1(b, fitted[0])) / 2 for a, b in zip(*halves, strict=True)]


def _half(p: Problem, first: int) -> Problem:
    rows = slice(first, None, 2)
    return replace(p, features=p.features[rows], padding=p.padding[rows], gold=p.gold[rows])


def fit_confidence(problems: Sequence[Problem], weights: Matrix, steps: int = 600) -> dict[str, float]:
    """Scale of the scores and strength of "none", for shops where one stretch of words in four means no product."""
    scores: list[Matrix] = []
    gold: list[Matrix] = []
    share: list[Matrix] = []
    for p in problems:
        s = p.features @ weights + p.padding
        without = np.where(p.gold > 0, _NOTHING, s), np.zeros_like(p.gold)
        asked = p.gold.any()
        for values, right, weight in ((s, p.gold, 0.75), (*without, 0.125)) if asked else ((s, p.gold, 0.125),):
            scores.append(values)
            gold.append(np.column_stack([right, ~right.any(axis=1)]))
            share.append(np.full((len(values), 1), weight / len(values)))
    s, g = np.vstack(scores), np.vstack(gold)
    usable = np.where(s > _NOTHING / 2, s, 0)
    shares = np.vstack(share) / sum(float(x.sum()) for x in share)
    theta, momentum, square = np.array([1.0, 10.0]), np.zeros(2), np.zeros(2)
    for step in range(1, steps + 1):
        chance = _softmax(np.column_stack([theta[0] * s, np.full(len(s), theta[1])]))
        right = chance * g
        right /= right.sum(axis=1, keepdims=True) + 1e-12
        error = (chance - right) * shares
        gradient = np.array([(error[:, :-1] * usable).sum(), error[:, -1].sum()])
        momentum, square = 0.9 * momentum + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        theta -= 0.03 * momentum / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return dict(zip(("scale", "none"), theta.tolist(), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, type=Path, action="append", required=True, metavar=("CATALOGUE", "PAIRS"))
    parser.add_argument("--spoken", type=Path, help="a catalogue whose names are misheard, as one more set")
    parser.add_argument("--every", type=int, default=1, help="take every n-th query")
    args = parser.parse_args()
    problems, foreign, previous = [], [], [q["query"] for q in read_jsonl(args.set[-1][1])]
    for catalogue, pairs in args.set:
        names = {row["id"]: row_names(row) for row in read_jsonl(catalogue)}
        queries = [(row["query"], set(row["gold"])) for row in read_jsonl(pairs)[:: args.every]]
        problems.append(problem(pairs.stem, names, queries))
        foreign.append(problem("foreign", names, [(text, set()) for text in previous[:300]]))
        previous = [text for text, _ in queries]
    if args.spoken:
        spoken = {row["name"]: [row["name"]] for row in read_jsonl(args.spoken)[:6000]}
        heard = [(m.query, {m.name}) for m in misheard(list(spoken), 600 // args.every)]
        problems.append(problem("misheard", spoken, heard, _SPOKEN_SHARE))
    weights = fit_ranking(problems)
    for p, half in zip(problems, on_other_half(problems), strict=True):
        others = fit_ranking([o for o in problems if o is not p]) if len(problems) > 1 else weights
        print(f"# {p.name:24} found {p.gold.any(axis=1).mean():.3f}  fitted on the others {top1(p, others):.3f}"
              f"  on the other half {half:.3f}  on all {top1(p, weights):.3f}", file=sys.stderr)  # fmt: skip
    lines = [f'    "{feature}": {weight:.3f},' for feature, weight in zip(FEATURES, weights.tolist(), strict=True)]
    fitted = fit_confidence([*problems, *foreign], weights)
    print(_MODULE.format(weights="\n".join(lines), scale=fitted["scale"], none=fitted["none"]), end="")


if __name__ == "__main__":
    main()
