"""Matches the queries of a catalogue set and writes what tools that score rankings read.

    python -m tests.benchmarks.matching --catalogue CATALOGUE.jsonl --pairs PAIRS.jsonl --out PRED.jsonl
    python -m tests.benchmarks.matching --catalogue A.jsonl [--catalogue B.jsonl ...] --scale 100000
    python -m tests.benchmarks.matching --catalogue A.jsonl --misheard 500

CATALOGUE rows: {id, name, brand?, model?}; PAIRS rows: {id, query, gold: [catalogue ids]}; PRED rows: {id, ranked}.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.misheard import misheard
from voice.understanding.matcher import ProductMatcher
from voice.understanding.matcher_text import tokens

_SERIALISED = "COL "
"""Some published sets hold cells in which a serialised neighbour column was left ("icusb232 COL price VAL")"""


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def row_names(row: Mapping[str, Any]) -> list[str]:
    """What a shop's product of this row would be called: its name, and with the brand and model that the name lacks."""
    known = set(tokens(row["name"]))
    cells = (str(row.get(field, "")).split(_SERIALISED)[0].strip() for field in ("brand", "model"))
    extra = [cell for cell in cells if cell and not set(tokens(cell)) <= known]
    return [row["name"], " ".join([*extra, row["name"]])] if extra else [row["name"]]


def memory_mb() -> float:
    """Resident memory now, in megabytes; the peak where /proc does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Timed:
    """A matcher with what it cost to build and to ask, in processor time: other work on the machine does not count."""

    def __init__(self, names: Mapping[str, Sequence[str]], language: str, phonetic: bool = True) -> None:
        before, start = memory_mb(), time.process_time()
        self.matcher = ProductMatcher(names, language, phonetic=phonetic)
        self.seconds, self.megabytes = time.process_time() - start, memory_mb() - before
        self.milliseconds: list[float] = []

    def rank(self, query: str) -> list[str]:
        start = time.process_time()
        ranked = self.matcher.rank(query)
        self.milliseconds.append(1000 * (time.process_time() - start))
        return [match.id for match in ranked]

    def cost(self) -> str:
        ordered = sorted(self.milliseconds) or [0.0]
        return (
            f"start {self.seconds:.1f} s, index {self.megabytes:.0f} MB, process {memory_mb():.0f} MB, "
            f"a query {statistics.median(ordered):.1f} ms median, {ordered[int(0.95 * (len(ordered) - 1))]:.1f} ms 95 %"
        )


def run_pairs(timed: Timed, pairs: Iterable[Mapping[str, Any]], out: Path | None) -> str:
    """Ranks every query, writes PRED, and gives the line of the table."""
    rows, first, five, decided = [], 0, 0, {"accept": [0, 0], "ask": [0, 0], "refuse": [0, 0]}
    for pair in pairs:
        gold = set(pair["gold"])
        ranked = timed.rank(pair["query"])
        rows.append({"id": pair["id"], "ranked": ranked})
        first += bool(gold & set(ranked[:1]))
        five += bool(gold & set(ranked[:5]))
        decision = timed.matcher.decide(pair["query"])
        decided[decision.kind][0] += 1
        decided[decision.kind][1] += bool(gold & set(decision.ids))
    if out:
        out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    all_rows = max(len(rows), 1)
    outcomes = ", ".join(f"{k} {n / all_rows:.0%} ({right / max(n, 1):.0%} right)" for k, (n, right) in decided.items())
    return f"{len(rows)} queries: top-1 {first / all_rows:.1%}, top-5 {five / all_rows:.1%}; {outcomes}"


def grow(names: Sequence[str], count: int, seed: int = 1) -> list[str]:
    """`count` different names: the given ones, then new ones of the words of two neighbours in a shuffled list."""
    chance = random.Random(seed)
    grown = dict.fromkeys(names[:count])
    while len(grown) < count:
        a, b = chance.choice(names).split(), chance.choice(names).split()
        words = a[: chance.randint(1, len(a))] + b[chance.randrange(len(b)) :]
        grown[" ".join(words)] = None
    return list(grown)


def run_scale(names: Sequence[str], count: int, language: str) -> None:
    """Speed and memory with `count` names, on names with a word left out and one misspelt."""
    grown = grow(names, count)
    timed = Timed({str(i): [name] for i, name in enumerate(grown)}, language)
    chance = random.Random(2)
    first = 0
    queries = chance.sample(range(count), min(300, count))
    for i in queries:
        words = grown[i].split()
        if len(words) > 2:
            words.pop(chance.randrange(len(words)))
        place = chance.randrange(len(words))
        cut = chance.randrange(len(words[place]))
        words[place] = words[place][:cut] + words[place][cut + 1 :] if len(words[place]) > 4 else words[place]
        first += timed.rank(" ".join(words))[:1] == [str(i)]
    print(f"{count} names, {len(queries)} queries with a slip: top-1 {first / len(queries):.1%}; {timed.cost()}")


def run_misheard(names: Mapping[str, Sequence[str]], count: int, language: str) -> None:
    """What the phonetic key gains on names misheard by sound."""
    owner = {all_names[0]: product for product, all_names in names.items()}
    heard = misheard(list(owner), count, language, seed=7)
    for phonetic in (False, True):
        timed = Timed(names, language, phonetic)
        pairs = [{"id": str(i), "query": m.query, "gold": [owner[m.name]]} for i, m in enumerate(heard)]
        print(f"misheard, {'with' if phonetic else 'without'} sounds: {run_pairs(timed, pairs, None)}; {timed.cost()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, action="append", required=True)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--scale", type=int, help="names to grow the catalogue to")
    parser.add_argument("--misheard", type=int, help="names to mishear")
    args = parser.parse_args()
    names = {row["id"]: row_names(row) for path in args.catalogue for row in read_jsonl(path) if row["name"].strip()}
    if args.pairs:
        timed = Timed(names, args.language)
        line = run_pairs(timed, read_jsonl(args.pairs), args.out)
        print(f"{args.pairs.stem}: {len(names)} products, {line}; {timed.cost()}")
    if args.misheard:
        run_misheard(names, args.misheard, args.language)
    if args.scale:
        run_scale([all_names[0] for all_names in names.values()], args.scale, args.language)


if __name__ == "__main__":
    main()
