"""The conversation: an interpretation and a session in, a reply out. The skills do the rest, one topic a file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from voice.dialogue import agenda, failures, opening
from voice.dialogue.context import Handler, TurnContext
from voice.dialogue.session import OpenQuestion, Session
from voice.dialogue.skills import (
    allergens,
    answers,
    asked_before,
    checkout,
    confirmation,
    control,
    feedback,
    fulfilment,
    numbers,
    ordering,
    questions,
    recommendations,
    service,
    usual,
)
from voice.settings import Settings
from voice.shop.hours import local_now
from voice.shop.model import Catalogue
from voice.shop.storage import Storage
from voice.types import Intent, Interpretation, NoInput, Reply, Understood

logger = logging.getLogger(__name__)

SKILLS = (
    ordering, confirmation, answers, numbers, checkout, fulfilment, questions, allergens, asked_before, recommendations,
    service, usual, control, feedback,
)
HANDLERS: dict[str, Handler] = {name: handler for skill in SKILLS for name, handler in skill.HANDLERS.items()}
"""Intent -> what answers it"""

DETAILS = ("fulfilment", "postcode", "address", "name", "phone", "time", "digits", "rating")
"""Questions to which hardly anybody answers with an order: one that was heard there is asked about"""
ONE_TURN = ("offer", "anyway", "suggest", "record", "only")
"""Questions that anything else said lets drop"""
PASSED_OVER = 2
"""Turns about something else after which it is not asked again which product or line was meant: nothing hangs on it"""
ANSWERS = ("answer.yes", "answer.no", "answer.none")


class DialogueManager:
    """One shop's dialogue. Holds no state of a call, so one serves all calls of a catalogue version.

    `language` is the one a session begins in; `clock` gives the time (tests set it).
    """

    def __init__(
        self,
        catalogue: Catalogue,
        language: str,
        settings: Settings,
        storage: Storage,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.language = language
        self.settings = settings
        self.storage = storage
        self._clock = clock or (lambda: local_now(catalogue.shop))

    def greet(self, session: Session, cut: bool = False) -> Reply:
        """The first words of a call: who speaks, that it is a machine, and what was left from before. After a short
        cut of the line (`cut`: the very same conversation) the last reply, as if nothing had happened.
        """
        ctx = self._begin(session)
        if not (cut and opening.carry_on(ctx)):
            opening.greet(ctx)
        return self._finish(session, ctx)

    def handle(self, session: Session, interpretation: Interpretation, spoken: bool = False) -> Reply:
        """Answers one utterance. The session becomes the new one at the end, or is untouched if something raises.

        `spoken`: it was recognised from speech, and an order may be what the recogniser made of something else.
        """
        ctx = self._begin(session)
        ctx.doubtful = spoken and session.expects.kind in DETAILS
        ctx.session.turns += 1
        if isinstance(interpretation, Understood):
            self._answer(ctx, interpretation)
        elif isinstance(interpretation, NoInput):
            failures.no_input(ctx)
        else:
            failures.no_match(ctx)
        return self._finish(session, ctx)

    def heard(self, session: Session, count: int) -> None:
        """Notes how many prompts of the last reply the caller heard before speaking: the rest is not confirmed."""
        session.heard = count if count < len(session.prompts) else None

    def hang_up(self, session: Session) -> None:
        """The line is gone. The cart stays; what was not ordered is abandoned, for now."""
        session.outcome = session.outcome or ("abandoned" if session.cart.lines else "ended")

    def _begin(self, session: Session) -> TurnContext:
        return TurnContext(replace(session, also=None), self.catalogue, self.settings, self.storage, local_now(
            self.catalogue.shop, self._clock()))

    def _answer(self, ctx: TurnContext, understood: Understood) -> None:
        offers = [q for q in ctx.session.questions if q.action in ONE_TURN]
        _drop_stale(ctx, {i.name for i in understood.intents})
        asked = ctx.session.questions[:1]
        for intent in in_order(ctx, understood.intents):
            self._dispatch(ctx, intent)
        asked_before.remember(ctx, understood.intents)
        if understood.intents and not failures.answered(ctx) and not ctx.repeated:
            failures.no_answer(ctx)
        elif understood.intents:
            failures.succeeded(ctx)
            _tell_unknown(ctx, understood)
            _pass_over(ctx, asked)
        else:
            failures.no_match(ctx)
        if not ctx.repeated:  # an offer stands for one turn only
            ctx.session.questions = tuple(q for q in ctx.session.questions if q not in offers)

    def _dispatch(self, ctx: TurnContext, intent: Intent) -> None:
        ctx.go_on()
        if answers.take(ctx, intent):
            return
        handler = HANDLERS.get(intent.name)
        if handler is None:
            logger.warning("No skill answers the intent %s", intent.name)
            return
        handler(ctx, intent)

    def _finish(self, session: Session, ctx: TurnContext) -> Reply:
        work = ctx.session
        if not ctx.quiet:
            agenda.ask_next(ctx)
        work.prompts, work.action, work.heard = tuple(ctx.prompts), ctx.action, None
        work.last_turn = ctx.now
        if not ctx.repeated:
            work.variety = work.turns
        session.take_over(work)
        return Reply(work.prompts, work.expects, ctx.action, work.rate)


def _pass_over(ctx: TurnContext, asked: tuple[OpenQuestion, ...]) -> None:
    """Who goes on asking about other things is not asked for ever which product or line was meant."""
    questions = ctx.session.questions
    if not asked or asked != questions[:1] or asked[0].topic not in ("product", "line") or ctx.repeated:
        return
    turns = asked[0].data.get("passed_over", 0) + 1
    kept = replace(asked[0], data={**asked[0].data, "passed_over": turns})
    ctx.session.questions = (kept,) * (turns < PASSED_OVER) + questions[1:]


def _drop_stale(ctx: TurnContext, named: set[str]) -> None:
    """Who goes on with the order, asked whether all of it shall go, does not want that."""
    asks = confirmation.DESTRUCTIVE
    goes_on = any(n.startswith(("order.", "answer.")) and n != "answer.unsure" for n in named)
    if goes_on and not named & {*ANSWERS, *asks.values()}:
        ctx.session.questions = tuple(q for q in ctx.session.questions if q.action not in asks)


def _tell_unknown(ctx: TurnContext, understood: Understood) -> None:
    """Part of an order that was not understood is not passed over in silence."""
    ordered = any(intent.name == "order.add" for intent in understood.intents)
    if ordered and understood.unknown and not any(p.key.startswith("item.unknown") for p in ctx.prompts):
        ctx.say("item.partly_unknown", texts=list(understood.unknown))


def in_order(ctx: TurnContext, intents: tuple[Intent, ...]) -> list[Intent]:
    """The intents as they are carried out. "Yes, and a coke" changes the order, so its new price is told before a yes
    counts; a "no" that comes with what is wanted needs no asking what ("no, one", while a size is asked, is how many);
    politeness beside business is passed over.
    """
    business = [i for i in intents if not i.name.startswith("social.")] or list(intents)
    business = [i for i in business if not i.slots.get("lightly")] or business  # "never mind, a latte": the latte
    business = [i for n, i in enumerate(business) if i.name not in ANSWERS or i not in business[:n]]
    named = {i.name for i in business}
    if named - {*ANSWERS, "control.wait"}:  # "no wait, I want delivery"
        business = [i for i in business if i.name != "control.wait"]
    if {"order.finish", "control.goodbye"} <= named and ctx.session.stage == "ordering" and ctx.lines:
        business = [i for i in business if i.name != "control.goodbye"]  # "that's it, thanks, bye" is no order yet
    if ctx.session.stage == "confirming" and any(i.name in ANSWERS for i in business):
        business = [i for i in business if i.name != "order.finish"]  # "yes, that's it" is one answer; so is "no, ..."
        if any(i.name.startswith("ask.") for i in business):  # whose answer may change his mind
            business = [i for i in business if i.name != "answer.yes"]
    question = ctx.session.questions[0] if ctx.session.questions else None
    if question and question.topic in answers.CHOICES and [i.name for i in business] == ["answer.no", "answer.number"]:
        number = dict(business[1].slots)
        return [Intent("order.quantity", slots={"quantity": number.pop("value"), **number})]
    if len(business) < 2 or (question and question.topic == "confirm"):
        return business
    others = [i for i in business if i.name not in ANSWERS]
    answered = [i for i in business if i.name in ANSWERS]
    if all(i.name == "control.goodbye" for i in others):
        return answered + others  # "yes, thanks, bye"
    asked_only = all(i.name.startswith("ask.") or i.name in ("order.review", "order.total") for i in others)
    return others + answered if asked_only and not any(i.name == "answer.no" for i in answered) else others or business
