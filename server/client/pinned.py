"""`comanda serve` on so many cores, until its standard input ends: python -m server.client.pinned CORES (0: all)."""

from __future__ import annotations

import os
import signal
import sys
import threading

from server.commands.serve import serve


def end_with_parent() -> None:
    """Whoever started this may be killed: the pipe closes even then."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    cores = int(sys.argv.pop(1))
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    serve()
