"""Where orders, sessions, customers, stock, calls and feedback are kept. SQLAlchemy stays inside this package.

    storage = Storage("sqlite:///shop.db")
    with storage.unit_of_work() as uow:
        placed = uow.orders.place(draft, idempotency_key)
        uow.commit()
"""

from __future__ import annotations

from voice.shop.storage.people import Customer
from voice.shop.storage.records import CallRecord, Event, FeedbackEntry
from voice.shop.storage.stock import OutOfStock
from voice.shop.storage.storage import Storage, UnitOfWork

__all__ = ["CallRecord", "Customer", "Event", "FeedbackEntry", "OutOfStock", "Storage", "UnitOfWork"]
