"""`comanda talk`: order by typing, with the cart beside the words."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.table import Table

from voice.assistant import Assistant
from voice.dialogue.context import words_of
from voice.dialogue.records import load_session
from voice.dialogue.session import Session
from voice.errors import StorageError
from voice.settings import load_settings
from voice.shop.display import money
from voice.shop.hours import local_now
from voice.shop.pricing import price_line, totals
from voice.types import Turn, Understood, Utterance

KEYS_MARK = "/"
"""`/12` stands for pressing telephone keys; an empty line is silence"""


@click.command()
@click.option("--session", "resume", help="Take up an earlier conversation by its id.")
@click.option("--caller", help="The number the shop knows you by.")
@click.option("--channel", default="text", show_default=True, help="text, phone, web or kiosk.")
@click.option("--verbose", is_flag=True, help="Show what was understood, and the time each step took.")
def talk(resume: str | None, caller: str | None, channel: str, verbose: bool) -> None:
    """Order by typing.

    An empty line is silence, "/1" presses a telephone key, Ctrl-D hangs up: the cart is kept.
    """
    console = Console(highlight=False)
    with Assistant.open(load_settings()) as assistant:
        if resume and load_session(assistant.storage, resume, caller=None, hours=0) is None:
            raise StorageError(f"There is no conversation {resume} to take up: the id is wrong, or it was erased "
                               "(retention_days). Leave --session out to begin anew.")
        session, turn = assistant.start(channel, caller=caller, resume=resume)
        console.print(f"[dim]session {session.id}[/dim]")
        show(console, assistant, session, turn, verbose)
        while turn.reply.action == "listen":
            try:
                said = console.input("[bold]you>[/bold] ").strip()
                if not sys.stdin.isatty():
                    console.print(said, markup=False)  # a script on standard input: its lines belong to the transcript
            except (EOFError, KeyboardInterrupt):
                console.print("\n[dim]You hung up. Your cart is kept; go on with:[/dim]")
                console.print(f"[dim]comanda talk --session {session.id}[/dim]", soft_wrap=True)
                break
            turn = assistant.take_turn(session, to_utterance(said))
            show(console, assistant, session, turn, verbose)
        assistant.hang_up(session)


def to_utterance(said: str) -> Utterance:
    if not said:
        return Utterance.silence()
    if said.startswith(KEYS_MARK):
        return Utterance.keys(said.removeprefix(KEYS_MARK))
    return Utterance.typed(said)


def show(console: Console, assistant: Assistant, session: Session, turn: Turn, verbose: bool = False) -> None:
    """What was said, the cart, and what the channel would do."""
    console.print("[cyan]comanda>[/cyan] " + " ".join(turn.sentences), soft_wrap=True)
    if verbose:
        names = [i.name for i in turn.interpretation.intents] if isinstance(turn.interpretation, Understood) else []
        times = " ".join(f"{step} {ms:.1f}" for step, ms in turn.milliseconds.items())
        console.print(f"[dim]{', '.join(names) or type(turn.interpretation).__name__} | {times} ms[/dim]")
    if session.cart.lines:
        console.print(cart_table(assistant, session))
    if turn.reply.action == "transfer":
        phone = assistant.catalogue.shop.phone
        console.print(f"[dim]On the telephone you would now be put through to {phone or 'a person'}.[/dim]")


def cart_table(assistant: Assistant, session: Session) -> Table:
    engine = assistant.engine(session.language, session.catalogue_version)
    catalogue, wording = engine.catalogue, engine.prompts.wording
    costs = totals(catalogue, session.cart, session.fulfilment, local_now(catalogue.shop))
    table = Table(show_footer=True, box=None, padding=(0, 2), show_header=False)
    table.add_column(footer="")
    table.add_column(footer=money(costs.total, catalogue.shop), justify="right")
    for line in session.cart.lines:
        table.add_row(wording.item(words_of(catalogue, line)), money(price_line(catalogue, line), catalogue.shop))
    return table
