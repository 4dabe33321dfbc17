"""The other end of a call: a caller who speaks each provider's protocol, for `comanda call` and the measurements."""
