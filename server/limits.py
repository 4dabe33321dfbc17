"""Limits: how often an address may ask, how many calls are served at once, and how many of them for one address."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MAX_KEYS = 10_000
LOBBY = 32


def asker(address: str | None) -> str:
    """Whom limits count as one. In IPv6 a network of 64 bits, of which everybody has all the addresses (RFC 6177)."""
    try:
        peer = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return address or ""
    if isinstance(peer, ipaddress.IPv4Address):
        return str(peer)
    return str(peer.ipv4_mapped or ipaddress.ip_network((peer, 64), strict=False))


class RateLimiter:
    """A token bucket a key: `burst` at once, refilled with `per_second`. Remembers at most MAX_KEYS keys."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = per_second, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str) -> float:
        """0 if the request may pass (and is counted), else seconds until one would."""
        now = self._clock()
        with self._lock:
            level, then = self._buckets.pop(key, (self._burst, now))
            level = min(self._burst, level + (now - then) * self._rate)
            passes = level >= 1
            self._buckets[key] = (level - 1 if passes else level, now)
            if len(self._buckets) > MAX_KEYS:
                self._buckets.popitem(last=False)
        return 0.0 if passes else (1 - level) / self._rate


class Shares:
    """How many places each asker holds."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, key: str, most: int) -> Iterator[bool]:
        """Holds a place while the block runs; False: the asker has `most` already."""
        with self._lock:
            admitted = self._held[key] < most
            self._held[key] += admitted
        try:
            yield admitted
        finally:
            with self._lock:
                self._held[key] -= admitted
                self._held += Counter()  # drops who holds none


class Lobby:
    """Connections that have not named their call yet. Beyond `size` the one that has waited longest is given up."""

    def __init__(self, size: int = LOBBY) -> None:
        self._size = size
        self._waiting: OrderedDict[object, Callable[[], None]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def wait(self, give_up: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `give_up` may be called, from another thread."""
        place, longest = object(), None
        with self._lock:
            self._waiting[place] = give_up
            if len(self._waiting) > self._size:
                longest = self._waiting.popitem(last=False)[1]
        if longest is not None:
            longest()
        try:
            yield
        finally:
            with self._lock:
                self._waiting.pop(place, None)


class Admission:
    """Counts calls under way. Beyond `limit` none is admitted; a few more may be told so politely."""

    def __init__(self, limit: int, courtesy: int = 4) -> None:
        self.limit = limit
        self._courtesy = courtesy
        self._active = 0
        self._courteous = 0
        self._closed = False
        self._changed = threading.Condition()

    @property
    def active(self) -> int:
        return self._active

    @property
    def full(self) -> bool:
        return self._closed or self._active >= self.limit

    @contextmanager
    def call(self) -> Iterator[bool]:
        """Holds a place while the block runs; False: there is none."""
        with self._changed:
            admitted = not self.full
            self._active += admitted
        try:
            yield admitted
        finally:
            with self._changed:
                self._active -= admitted
                self._changed.notify_all()

    @contextmanager
    def courtesy(self) -> Iterator[bool]:
        """Holds one of the few places in which the busy message is spoken."""
        with self._changed:
            admitted = self._courteous < self._courtesy
            self._courteous += admitted
        try:
            yield admitted
        finally:
            with self._changed:
                self._courteous -= admitted

    def close(self) -> None:
        """Admits nobody any more."""
        with self._changed:
            self._closed = True

    def wait_until_empty(self, seconds: float) -> bool:
        """Whether all calls have ended within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._active == 0, seconds)
