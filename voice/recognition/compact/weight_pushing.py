"""Moves a decoding graph's costs towards its start, so that a beam search pays for a word as soon as it leans to it.

Mohri, Pereira and Riley, "Weighted finite-state transducers in speech recognition" (2002), section 3.4: pushing in the
log semiring is what makes pruning work. Any potential keeps the graph's meaning (all complete paths change by the same
constant), so the sums need not have converged to the last digit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.recognition.compact.fst_arrays import FstArrays

FloatArray = npt.NDArray[np.float64]
_ITERATIONS = 600
_CLOSE = 1e-3
_STEADIEST_LOOP = 0.98
_LOWEST = 1e-290


def pushed(graph: FstArrays) -> FstArrays:
    """The same graph with its weights pushed. Its loops must have a probability below one."""
    potential = _potential(graph)
    arcs = graph.arcs.copy()
    loop = graph.source == arcs["next"]
    moved = arcs["weight"] - potential[arcs["next"]] + potential[graph.source]
    arcs["weight"] = np.where(loop, arcs["weight"], moved)
    return FstArrays(graph.start, (graph.final + potential).astype(np.float32), graph.source, arcs)


def _potential(graph: FstArrays) -> FloatArray:
    """Log of the sum over all ways from each state to the end."""
    arcs, states = graph.arcs, graph.states
    loop = graph.source == arcs["next"]
    staying = np.bincount(graph.source[loop], np.exp(-arcs["weight"][loop].astype(float)), states)
    leaving = 1 - np.minimum(staying, _STEADIEST_LOOP)
    source, target = graph.source[~loop], arcs["next"][~loop]
    chance = np.exp(-arcs["weight"][~loop].astype(float))
    ending = np.exp(-graph.final.astype(float))
    total = ending.copy()
    for _ in range(_ITERATIONS):
        following = (ending + np.bincount(source, chance * total[target], states)) / leaving
        change = np.abs(np.log(np.maximum(following, _LOWEST)) - np.log(np.maximum(total, _LOWEST))).max()
        total = following
        if change < _CLOSE:
            break
    potential: FloatArray = np.log(np.maximum(total, _LOWEST))
    return potential
