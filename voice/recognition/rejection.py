"""How sure a reading is: how much better or worse it fits the sound than common words in any order do.

Speech that is an order is about as likely under the shop's grammar as under the free loop of words
(`voice.recognition.compact.word_loop`); other speech, forced into the grammar, is far less likely. The difference of
the two log scores, a second of speech, becomes a probability by a logistic curve. `comanda evaluate confidence` fits
it; the numbers of the settings lie between spoken orders (audio_samples/ and real people's) and sentences that are no
order (README.md, "Measured").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from voice.types import Hypothesis

_SHORTEST = 0.3
"""Seconds"""
_SUREST = 30.0
"""Log odds beyond which nothing is surer"""


@dataclass(frozen=True)
class Rejection:
    """The curve, and what is refused by it."""

    even: float
    """Difference of the log scores a second at which a reading is as likely wrong as right"""
    width: float
    """Difference by which the log odds grow by one"""
    refused: float
    """Confidence below which nothing was understood"""

    def confidence(self, reading: Hypothesis, loop_score: float) -> float:
        """Probability that a reading's words were said. `loop_score`: the log score of the loop for the same sound."""
        seconds = max(_SHORTEST, sum(word.end - word.start for word in reading.words))
        margin = (reading.score - loop_score) / seconds
        return 1 / (1 + math.exp(-max(-_SUREST, min(_SUREST, (margin - self.even) / self.width))))
