"""The commonest words of the language model in the pocketsphinx wheel (en-us.lm.bin).

Format: cmusphinx/pocketsphinx, src/lm/ngram_model_trie.c and lm_trie.c ("Trie Language Model"): orders and counts, the
quantisers, the unigrams, the packed longer n-grams, which are skipped, and the words at the end.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from voice.errors import ModelError

_HEAD = b"Trie Language Model"
_UNIGRAM = np.dtype([("probability", "<f4"), ("backoff", "<f4"), ("next", "<u4")])
_QUANTISERS = 3 * (1 << 16) * 4
"""Bytes of the value tables of a trigram model: bigram probabilities and back-offs, trigram probabilities"""


def frequent_words(file: Path) -> list[str]:
    """Words, the likeliest first. Raises ModelError for another format."""
    data = file.read_bytes()
    if not data.startswith(_HEAD) or data[len(_HEAD)] != 3:
        raise ModelError(f"{file} is not a trigram model in the trie format. Install pocketsphinx 5.1.1 again.")
    at = len(_HEAD) + 1
    (count,) = struct.unpack_from("<I", data, at)
    at += 3 * 4 + 4 + _QUANTISERS  # three counts and the kind of the quantisers
    probability = np.frombuffer(data, _UNIGRAM, count, at)["probability"]
    words = _words(data, count)
    return [words[i] for i in np.argsort(-probability, kind="stable")]


def _words(data: bytes, count: int) -> list[str]:
    """The block at the end: its length, then that many words, each closed by a zero byte."""
    end = len(data)
    for _ in range(count + 1):  # from the last closing zero backwards, to the one before the first word
        end = data.rindex(b"\0", 0, end)
    for start in range(end, max(end - 8, 0), -1):
        if struct.unpack_from("<I", data, start)[0] == len(data) - start - 4:
            return [word.decode("utf-8", "replace") for word in data[start + 4 :].split(b"\0")[:count]]
    raise ModelError("The words of the language model were not found. Install pocketsphinx 5.1.1 again.")
