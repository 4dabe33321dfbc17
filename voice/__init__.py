"""Comanda's assistant: everything but the web. Never imports `flask` or `server`."""

import os

# One thread a call is the rule; the numeric libraries' own threads would fight over the cores. They read this when they
# load, so it stands before anything else is imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
