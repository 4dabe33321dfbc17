"""OpenFst (the wheel `pynini`), loaded after Vosk.

Both libraries bring their own OpenFst. Loaded the other way round, Vosk's start-up waits for ever for a lock of the
first one (seen with vosk 0.3.45 and pynini 2.1.7), so every file imports `pywrapfst` from here.
"""

from __future__ import annotations

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")  # a call takes one core; must stand before the library is loaded

import vosk  # noqa: E402

vosk.SetLogLevel(-1)

import pywrapfst  # noqa: E402

__all__ = ["pywrapfst", "vosk"]
