"""What the assistant knows of one conversation: plain data, stored after every turn.

Every value is immutable and JSON can carry it, so an order goes on on another channel and survives a dropped line.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter

from voice.shop.model import Cart, Fulfilment
from voice.types import Expectation, Prompt

Stage = Literal["ordering", "checkout", "confirming", "placed", "ended"]
Action = Literal["listen", "transfer", "hang_up"]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Something the caller was or will be asked; the first of `Session.questions` is the one on the table."""

    topic: Literal["product", "variant", "option", "line", "confirm", "quantity", "feedback", "comment"]
    choices: tuple[str, ...] = ()
    """Ids to choose from: of products, variants, options or cart lines, likeliest first"""
    shown: int = 0
    """How many choices were already read out and passed over with "more" """
    line_id: str | None = None
    group_id: str | None = None
    action: str | None = None
    """What a "yes" does, for topic "confirm" """
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the answer is applied to, as plain JSON values"""


@dataclass(frozen=True, slots=True)
class Told:
    """The price the caller was told, and of what."""

    total: int
    """Minor units"""
    cart: Cart
    kind: str
    """Of fulfilment: delivery changes the price"""
    catalogue_version: str


@dataclass(slots=True)
class Session:
    """One conversation. The manager replaces its values at the end of a turn, all of them or none."""

    id: str
    channel: str = "text"
    """text, phone, web or kiosk"""
    language: str = "en"
    caller: str | None = None
    """What the shop knows the caller by: a phone number or an account. Personal data"""
    customer_name: str = ""
    catalogue_version: str = ""
    stage: Stage = "ordering"
    cart: Cart = field(default_factory=Cart)
    undo: tuple[Cart, ...] = ()
    """Earlier carts, the latest last"""
    next_line: int = 1
    last_line: str | None = None
    """Id of the line last touched: what "it" means"""
    last_products: tuple[str, ...] = ()
    """Products last spoken of, for "what goes with it" and for "yes" to an offer"""
    questions: tuple[OpenQuestion, ...] = ()
    expects: Expectation = field(default_factory=Expectation)
    also: Expectation | None = None
    """What else is listened for where a yes or no was asked: a time, where one was proposed"""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """The question about a product that the caller asked last, as plain JSON: "and what about the muffin?" """
    more: tuple[str, ...] = ()
    """What "more" would read out: ids or names not yet said"""
    more_key: str = ""
    """The prompt that reads it out"""
    fulfilment: Fulfilment = field(default_factory=Fulfilment)
    given: tuple[str, ...] = ()
    """Details of the fulfilment that are settled: kind, postcode, address, name, phone, time"""
    day: date | None = None
    """The day last spoken of, for hours said without one; while an order has a day and no hour it is asked for"""
    told: Told | None = None
    prompts: tuple[Prompt, ...] = ()
    """The last reply, for "repeat" """
    action: Action = "listen"
    heard: int | None = None
    """How many of the last prompts were heard; None is all of them"""
    no_input: int = 0
    """In a row"""
    no_match: int = 0
    """In a row"""
    turns: int = 0
    variety: int = 0
    """Which of several wordings the last reply took: what is repeated is said in the same words"""
    avoid: tuple[str, ...] = ()
    """Allergens that somebody must not eat, as was said. Health data: never stored (voice/dialogue/health.py)"""
    rate: float = 1.0
    keys: bool = False
    """The caller was told about the telephone keys"""
    idempotency_key: str = ""
    """One placed order a key, whatever is retried"""
    order_number: str = ""
    recording_consent: bool | None = None
    """Whether this conversation's audio may be recorded: only True may; None was not asked, or not answered yet"""
    suggested: bool = False
    """Something was suggested for this order"""
    last_turn: datetime | None = None
    """When the last reply was made, on the shop's clock"""
    rating: int | None = None
    outcome: str = ""
    """placed, handed_over, abandoned or cancelled, when the call is over"""

    def to_json(self) -> str:
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> Session:
        """Raises pydantic.ValidationError when the text is not a session."""
        return _adapter().validate_json(text)

    def take_over(self, other: Session) -> None:
        """Becomes equal to `other`."""
        for item in fields(self):
            setattr(self, item.name, getattr(other, item.name))


@lru_cache
def _adapter() -> TypeAdapter[Session]:
    return TypeAdapter(Session)


def new_session(channel: str, language: str, caller: str | None = None) -> Session:
    """A fresh conversation with an id that cannot be guessed."""
    return Session(
        id=secrets.token_urlsafe(18),
        channel=channel,
        language=language,
        caller=caller,
        idempotency_key=secrets.token_urlsafe(18),
    )
