"""`comanda evaluate calls`: simulated callers through the whole assistant, and what became of their orders."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voice.assistant import Assistant
from voice.commands.counting import counted
from voice.commands.steps import Steps
from voice.dialogue.session import Session
from voice.evaluation.callers import PATIENCE, Caller
from voice.evaluation.wishes import signature
from voice.language import load_language
from voice.settings import Settings, load_settings
from voice.shop.catalogue import load_catalogue
from voice.shop.hours import local_now, next_opening, sold_now
from voice.shop.model import Catalogue
from voice.shop.orders import PlacedOrder
from voice.shop.storage import Storage
from voice.types import Turn, Utterance

IN_MEMORY = "sqlite://"
Hear = Callable[[Session, Utterance], Utterance]
"""What the assistant hears of what a caller says: the same for typed words, recognised words for speech"""


@dataclass
class Call:
    """One finished call."""

    caller: Caller
    transcript: list[str] = field(default_factory=list)
    turns: int = 0
    outcome: str = ""
    """success, wrong, handed_over, gave_up, lost (the assistant hung up without an order)"""
    again: bool = False
    """He was recognised, and called twice"""
    hung_up: int = 0
    """How often the line dropped on the way"""


class Line:
    """Connects callers with the assistant."""

    def __init__(self, assistant: Assistant, hear: Hear | None = None) -> None:
        self.assistant = assistant
        self.hear = hear or (lambda session, utterance: utterance)

    def run(self, caller: Caller) -> Call:
        """A call to its end; whoever is recognised calls again the next day and has his usual."""
        call = Call(caller)
        self._talk(call)
        if call.outcome == "success" and caller.number and caller.happens(caller.habits.is_known):
            call.transcript.append("           (the same caller, another day)")
            call.again = True
            caller.call_again()
            self._talk(call)
        return call

    def _talk(self, call: Call) -> None:
        caller = call.caller
        session, turn = self.assistant.start("phone", caller.number)
        call.transcript.append(f"assistant: {' '.join(turn.sentences)}")
        patience = call.turns + PATIENCE
        while turn.reply.action == "listen" and call.turns < patience and not self._finished(session):
            said = caller.speak(session, turn)
            if said is None:
                session, turn = self._drop(session, call)
                continue
            call.turns += 1
            if (heard := caller.interrupts(turn)) is not None:
                self.assistant.heard(session, heard)
                call.transcript.append(f"           (interrupts after {counted(heard, 'sentence')})")
            turn = self._turn(session, said, call)
        self.assistant.hang_up(session)
        call.outcome = self._judge(session, turn, caller)

    def _turn(self, session: Session, said: Utterance, call: Call) -> Turn:
        heard = self.hear(session, said)
        turn = self.assistant.take_turn(session, heard)
        note = f"   [heard: {heard.text}]" if heard.text != said.text else ""
        call.transcript += [f"caller:    {said.text or '(silence)'}{note}", f"assistant: {' '.join(turn.sentences)}"]
        return turn

    def _drop(self, session: Session, call: Call) -> tuple[Session, Turn]:
        """The line drops; the caller comes back to the same conversation."""
        call.hung_up += 1
        self.assistant.hang_up(session)
        channel = "web" if call.caller.happens(0.3) else "phone"
        known = call.caller.number if channel == "phone" and session.cart.lines else None
        session, turn = self.assistant.start(channel, call.caller.number, None if known else session.id)
        call.transcript += [f"caller:    (the line drops, and the caller goes on by {channel})",
                            f"assistant: {' '.join(turn.sentences)}"]
        return session, turn

    @staticmethod
    def _finished(session: Session) -> bool:
        return session.stage == "placed" and session.expects.kind not in ("rating",)

    def _judge(self, session: Session, turn: Turn, caller: Caller) -> str:
        placed = self._placed(session)
        if placed:
            lines = [line.item for order in placed for line in order.draft.lines]
            right = signature(self.assistant.catalogue, lines) == caller.goal()
            right &= all(order.draft.fulfilment.kind == caller.kind for order in placed)
            return "success" if right and len(placed) == 1 else "wrong"
        if session.outcome == "handed_over":
            return "handed_over"
        return "lost" if turn.reply.action == "hang_up" else "gave_up"

    def _placed(self, session: Session) -> list[PlacedOrder]:
        with self.assistant.storage.unit_of_work(read_only=True) as uow:
            return [order for order in uow.orders.list() if order.draft.session_id == session.id]


def business_hour(catalogue: Catalogue) -> datetime:
    """A moment of an ordinary day at which the shop is open and most of its products are sold."""
    shop = catalogue.shop
    opens = next_opening(shop, local_now(shop)) or local_now(shop)
    moments = [opens + timedelta(minutes=30 * step) for step in range(1, 20)]
    return max(moments, key=lambda at: sum(sold_now(shop, p, at) for p in catalogue.products))


def with_gaps(catalogue: Catalogue, seed: int) -> Catalogue:
    """The shop on a day when some products are out, and of some there are only a few left."""
    shelf = random.Random(seed).sample(catalogue.products, len(catalogue.products) // 6)
    plain = {p.id for p in shelf if not p.variants and p.unit is None}
    out = {p.id for p in shelf} - plain
    products = (
        replace(p, stock=3) if p.id in plain else replace(p, available=False) if p.id in out else p
        for p in catalogue.products
    )
    return replace(catalogue, products=tuple(products))


def simulate(catalogue: Catalogue, settings: Settings, callers: int, seed: int, hear: Hear | None = None,
             assistant: Assistant | None = None) -> list[Call]:
    """Runs so many callers one after the other; the same seed gives the same callers."""
    at = business_hour(catalogue)
    catalogue = assistant.catalogue if assistant else with_gaps(catalogue, seed)
    assistant = assistant or Assistant(settings, catalogue, Storage(IN_MEMORY), clock=lambda: at)
    line = Line(assistant, hear)
    products = [p for p in catalogue.products if p.available and sold_now(catalogue.shop, p, at)]
    kinds = ["pickup"] * 2 + ["delivery"] * bool(catalogue.shop.delivery) if catalogue.shop.pickup else ["delivery"]
    postcode = next((code for zone in catalogue.shop.delivery for code in zone.postcodes), "")
    language = load_language(settings.language)
    calls = []
    for number in track(range(callers), "calling", transient=True):
        caller = Caller.random(catalogue, language, seed * 100_003 + number, products, kinds, postcode)
        calls.append(line.run(caller))
    return calls


def report(calls: Sequence[Call], console: Console, show: int) -> None:
    """The table, and on demand the transcripts of calls that failed."""
    outcomes = Counter(call.outcome for call in calls)
    total = len(calls)
    table = Table(title=f"{total} simulated callers", show_header=False)
    rows: list[tuple[str, Any]] = [
        ("orders placed right (task success)", f"{outcomes['success']} = {outcomes['success'] / total:.1%}"),
        ("wrong orders placed", outcomes["wrong"]),
        ("handed over to a person", outcomes["handed_over"]),
        ("gave up", outcomes["gave_up"]),
        ("hung up by the assistant without an order", outcomes["lost"]),
        ("turns a call, mean", f"{sum(call.turns for call in calls) / total:.1f}"),
        ("callers recognised who called again for their usual", sum(call.again for call in calls)),
        ("calls whose line dropped on the way", sum(call.hung_up > 0 for call in calls)),
    ]
    for name, value in rows:
        table.add_row(name, str(value))
    console.print(table)
    for call in [call for call in calls if call.outcome != "success"][:show]:
        console.rule(f"{call.outcome}; wanted: " + "; ".join(describe(call)))
        console.print("\n".join(call.transcript), markup=False, soft_wrap=True)


def describe(call: Call) -> list[str]:
    return [f"{w.quantity} {w.variant or ''} {w.name} {[o.option_id for o in w.options]}" for w in call.caller.wishes]


@click.command()
@click.option("--callers", default=300, show_default=True, help="How many call.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same callers.")
@click.option("--catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another shop.")
@click.option("--show", default=0, show_default=True, help="Print so many transcripts of calls that failed.")
@click.option("--speech", is_flag=True, help="Callers speak, at telephone quality, in several voices.")
def calls(callers: int, seed: int, catalogue: Path | None, show: int, speech: bool) -> None:
    """Simulated callers order; what became of their orders."""
    settings = load_settings()
    shop = load_catalogue(catalogue or settings.catalogue)
    console = Console(highlight=False)
    if speech:
        from voice.evaluation.spoken_calls import simulate_spoken

        report(simulate_spoken(shop, settings, callers, seed, Steps(console)), console, show)
    else:
        report(simulate(shop, settings, callers, seed), console, show)
