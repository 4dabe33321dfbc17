"""What the dialogue keeps and looks up: orders, customers, stock, feedback, sessions. All else here is plain data."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from pydantic import ValidationError

from voice.dialogue.context import TurnContext
from voice.dialogue.health import without_health
from voice.dialogue.session import Session
from voice.dialogue.times import first_time
from voice.errors import StorageError
from voice.shop.hours import local_now
from voice.shop.model import Catalogue, Fulfilment, LineItem, Product, Totals
from voice.shop.orders import PlacedOrder, draft_order
from voice.shop.storage import OutOfStock, Storage, UnitOfWork
from voice.shop.storage.people import Customer

RECENT = 10
"""Orders among which the last delivery is looked for"""

logger = logging.getLogger(__name__)

__all__ = [
    "OutOfStock", "find_customer", "find_order", "forget", "hand_over", "last_address", "last_order", "load_session",
    "place_order", "save_feedback", "save_session", "stock_left", "sync_stock",
]


def place_order(ctx: TurnContext, totals: Totals) -> PlacedOrder:
    """Places the order once, whatever is retried, at the price that was told. Raises OutOfStock and StorageError."""
    session = ctx.session
    at = session.fulfilment.at
    ready = local_now(ctx.shop, datetime.fromisoformat(at)) if at else first_time(ctx)
    draft = draft_order(
        ctx.catalogue, session.cart, totals, ctx.now, fulfilment=session.fulfilment, ready_at=ready,
        session_id=session.id, caller=session.caller, channel=session.channel, language=session.language,
    )

    def work(uow: UnitOfWork) -> PlacedOrder:
        placed = uow.orders.place(draft, session.idempotency_key)
        if session.caller:
            uow.customers.remember(session.caller, session.fulfilment.name, session.language, session.recording_consent)
        return placed

    return ctx.storage.run(work)


def stock_left(ctx: TurnContext, product: Product) -> Decimal | None:
    """How many are left; None is unlimited. What the catalogue says counts when the database cannot be asked."""
    if product.stock is None:
        return None
    try:
        with ctx.storage.unit_of_work(read_only=True) as uow:
            return uow.stock.left(product.id)
    except StorageError as error:
        logger.error("The stock cannot be read: %s", error)
        return Decimal(product.stock)


def sync_stock(storage: Storage, catalogue: Catalogue) -> None:
    storage.run(lambda uow: uow.stock.sync({product.id: product.stock for product in catalogue.products}))


def find_customer(ctx: TurnContext) -> Customer | None:
    """Who is calling, if the shop knows."""
    if not ctx.session.caller:
        return None
    try:
        with ctx.storage.unit_of_work(read_only=True) as uow:
            return uow.customers.find(ctx.session.caller)
    except StorageError as error:
        logger.error("Customers cannot be read: %s", error)
        return None


def last_order(ctx: TurnContext) -> tuple[LineItem, ...]:
    """The lines of the caller's last order."""
    with ctx.storage.unit_of_work(read_only=True) as uow:
        orders = uow.orders.latest(ctx.session.caller)
    return tuple(line.item for line in orders[0].draft.lines) if orders else ()


def last_address(ctx: TurnContext) -> Fulfilment | None:
    """Where the caller's last delivery went. It is kept with that order alone, and is erased with its person."""
    if not ctx.session.caller:
        return None
    try:
        with ctx.storage.unit_of_work(read_only=True) as uow:
            orders = uow.orders.latest(ctx.session.caller, limit=RECENT)
    except StorageError as error:
        logger.error("Earlier orders cannot be read: %s", error)
        return None
    return next((o.draft.fulfilment for o in orders if o.draft.fulfilment.address), None)


def find_order(ctx: TurnContext, number: str) -> PlacedOrder | None:
    """Today's order of that number; without one, the caller's own last order."""
    with ctx.storage.unit_of_work(read_only=True) as uow:
        if number:
            return uow.orders.by_number(number, ctx.now.date())
        own = uow.orders.latest(ctx.session.caller)
    return own[0] if own else None


def save_feedback(ctx: TurnContext, rating: int | None = None, text: str = "") -> None:
    """Feedback is worth keeping, but not worth a call: a failure is logged."""
    try:
        ctx.storage.run(lambda uow: uow.feedback.add(ctx.session.id, rating, text))
    except StorageError as error:
        logger.error("Feedback could not be stored: %s", error)


def hand_over(ctx: TurnContext, reason: str) -> None:
    """Leaves the order so far for the person who takes over."""
    lines = [f"{line.quantity} {ctx.product(line).name}" for line in ctx.lines]
    data = {"reason": reason, "lines": lines, "name": ctx.session.fulfilment.name}
    try:
        ctx.storage.run(lambda uow: uow.events.add("hand_over", ctx.session.id, data))
    except StorageError as error:
        logger.error("A hand-over could not be stored: %s", error)


def forget(ctx: TurnContext) -> None:
    """Deletes what is known of the caller. Raises StorageError."""
    if ctx.session.caller:
        ctx.storage.forget(ctx.session.caller)
    ctx.session.customer_name = ""
    ctx.session.recording_consent = False


def save_session(storage: Storage, session: Session) -> None:
    """Stores what may be stored of it. Raises StorageError."""
    body = without_health(session).to_json()
    storage.run(lambda uow: uow.sessions.save(session.id, body, session.caller))


def load_session(storage: Storage, resume: str | None, caller: str | None, hours: float) -> Session | None:
    """The conversation of that id; else the caller's last one, if it is recent and left something not ordered."""
    try:
        with storage.unit_of_work(read_only=True) as uow:
            body = uow.sessions.load(resume) if resume else None
            if body is None and caller and hours > 0:
                recent = uow.sessions.latest(caller, datetime.now(timezone.utc) - timedelta(hours=hours))
                session = Session.from_json(recent) if recent else None
                return session if session and session.cart.lines else None
        return Session.from_json(body) if body else None
    except (StorageError, ValidationError) as error:
        logger.error("An earlier conversation cannot be taken up: %s", error)
        return None
