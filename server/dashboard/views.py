"""What the operator's templates show: orders, calls, feedback and events as plain values, times on the shop's clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from voice.shop.display import moment, money
from voice.shop.model import Shop
from voice.shop.orders import PlacedOrder, Status, quantity_text
from voice.shop.storage.records import CallRecord, Event, FeedbackEntry

if TYPE_CHECKING:
    from server.telephony.call import Call

Row = Mapping[str, Any]

NEXT: Mapping[Status, tuple[Status, ...]] = {
    "placed": ("ready", "accepted", "cancelled"),
    "accepted": ("ready", "cancelled"),
    "ready": ("done",),
    "done": (),
    "cancelled": (),
}
"""What an order's card offers, the usual step first"""
ANSWER_STEPS = ("end_of_turn", "recognition", "assistant", "first_audio")
"""Steps between the end of the caller's speech and the first sound of the answer"""


def order_card(order: PlacedOrder, shop: Shop) -> Row:
    draft = order.draft
    wish = draft.fulfilment
    return {
        "id": order.id,
        "number": order.number,
        "status": order.status,
        "next": NEXT[order.status],
        "placed": _local(draft.placed_at, shop),
        "placed_iso": draft.placed_at.isoformat(),
        "ready": _local(order.ready_at, shop) if order.ready_at else "",
        "fulfilment": wish.kind,
        "details": [part for part in (wish.name, wish.phone, f"{wish.address} {wish.postcode}".strip()) if part],
        "total": money(draft.totals.total, shop),
        "lines": [
            {
                "quantity": quantity_text(line),
                "text": " ".join(part for part in (line.variant, line.name) if part),
                "details": ", ".join((*line.options, *line.item.notes)),
            }
            for line in draft.lines
        ],
    }


def call_row(call: CallRecord, shop: Shop) -> Row:
    seconds = (call.ended_at - call.started_at).total_seconds() if call.ended_at else None
    return {
        "started": _local(call.started_at, shop),
        "channel": call.channel,
        "length": _length(seconds),
        "turns": call.turns,
        "outcome": call.outcome,
        "order": call.order_number,
        "recording": call.recording,
        "answer_time": _milliseconds(answer_times(call.milliseconds)),
        "steps": [(step, _milliseconds(times)) for step, times in call.milliseconds.items() if times],
    }


def live_row(call: Call, shop: Shop) -> Row:
    """A call under way."""
    return {
        "started": _local(call.record.started, shop),
        "channel": call.conversation.channel,
        "length": _length(call.record.seconds),
        "turns": len(call.record.turns),
        "answer_time": _milliseconds(answer_times(call.record.steps())),
    }


def answer_times(steps: Mapping[str, Sequence[float]]) -> list[float]:
    """Milliseconds a turn from the end of speech to the first sound, of the turns that have all steps."""
    known = [steps[step] for step in ANSWER_STEPS if steps.get(step)]
    if len(known) < len(ANSWER_STEPS) or len({len(times) for times in known}) != 1:
        return []
    return [sum(turn) for turn in zip(*known, strict=True)]


def feedback_row(entry: FeedbackEntry, shop: Shop) -> Row:
    return {"when": _local(entry.given_at, shop), "rating": entry.rating, "text": entry.text}


def average_rating(entries: Sequence[FeedbackEntry]) -> tuple[float, int] | None:
    """The mean and of how many; None when nobody has rated."""
    ratings = [entry.rating for entry in entries if entry.rating is not None]
    return (round(sum(ratings) / len(ratings), 1), len(ratings)) if ratings else None


def event_row(event: Event, shop: Shop) -> Row:
    return {
        "id": event.id,
        "kind": event.kind,
        "when": _local(event.at, shop),
        "reason": event.data.get("reason", ""),
        "details": [(name, _plain(value)) for name, value in event.data.items() if value and name != "reason"],
    }


def _plain(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _local(at: datetime, shop: Shop) -> str:
    zone = ZoneInfo(shop.timezone)
    return moment(at.astimezone(zone), datetime.now(zone), shop.locale)


def _length(seconds: float | None) -> str:
    return "" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _milliseconds(times: Sequence[float]) -> str:
    return f"{median(times):.0f} ms" if times else ""
