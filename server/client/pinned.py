"""`comanda serve` on so many cores: python -m server.client.pinned CORES (0: all)."""

from __future__ import annotations

import os
import sys

from server.commands.serve import serve

if __name__ == "__main__":
    cores = int(sys.argv.pop(1))
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    serve()
