"""Spoken orders through the page's microphone, fed from WAV files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.line import CuttableLine
from tests.browser.widget import TIMEOUT, Widget

ORDER = "flite-kal16/three-croissants.wav"  # three butter croissants and an almond croissant

Sample = Callable[[str], Path]


def expect_the_order(widget: Widget) -> None:
    expect(widget.lines).to_have_count(2, timeout=TIMEOUT)
    expect(widget.lines.nth(0)).to_contain_text("3 ×")
    expect(widget.lines.nth(0)).to_contain_text("butter croissant", ignore_case=True)
    expect(widget.lines.nth(1)).to_contain_text("almond croissant", ignore_case=True)
    for line in widget.lines.all():
        expect(line).to_contain_text("€")


def test_a_spoken_order_stands_in_the_cart(open_window: Open, server: str, sample: Sample) -> None:
    window = open_window(microphone=sample(ORDER))
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.talk.click()
    expect(widget.talk).to_have_attribute("aria-pressed", "true")
    expect_the_order(widget)
    expect(widget.heard.last).to_contain_text("croissant", ignore_case=True)
    assert window.complaints == []


def test_holding_the_button_is_one_turn(open_window: Open, server: str, sample: Sample) -> None:
    window = open_window(microphone=sample(ORDER))
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.talk.hover()
    window.page.mouse.down()
    widget.wait_for_partial("almond croissant")
    window.page.mouse.up()
    expect_the_order(widget)
    expect(widget.talk).to_have_attribute("aria-pressed", "false")
    assert window.complaints == []


@pytest.mark.parametrize("held_on", [True, False])
def test_nothing_is_lost_that_is_said_before_the_line_is_open(
    open_window: Open, line: CuttableLine, sample: Sample, held_on: bool
) -> None:
    """The button is held while there is no line; it comes back before or after the button is let go."""
    window = open_window(microphone=sample(ORDER))
    window.page.goto(line.address)
    widget = Widget(window.page).open()
    widget.talk.click()
    expect(widget.talk).to_have_attribute("aria-pressed", "true")
    widget.talk.click()
    line.cut()
    expect(widget.notice).to_contain_text("connection is lost", timeout=TIMEOUT)
    widget.talk.hover()
    window.page.mouse.down()
    expect(widget.talk).to_have_attribute("aria-pressed", "true")
    window.page.wait_for_timeout(1500 if held_on else 6000)  # the recording takes 5.3 s
    if held_on:
        line.mend()
        widget.wait_for_partial("almond croissant")
        window.page.mouse.up()
    else:
        window.page.mouse.up()
        window.page.wait_for_timeout(500)
        line.mend()
    expect_the_order(widget)


def test_talking_stops_the_spoken_answer(open_window: Open, server: str, sample: Sample) -> None:
    """Barge-in: the microphone is open, the assistant speaks, the caller begins, the assistant falls silent."""
    window = open_window(microphone=sample(ORDER))
    window.page.goto(server)
    widget = Widget(window.page).open()
    expect(widget.state).to_contain_text("Press to talk", timeout=TIMEOUT)
    widget.talk.click()
    expect(widget.talk).to_have_attribute("aria-pressed", "true")
    widget.type("what do you have")
    expect(widget.state).to_contain_text("Speaking", timeout=TIMEOUT)
    widget.wait_for_partial("croissant")
    expect(widget.state).not_to_contain_text("Speaking")


def test_closing_the_microphone_ends_what_was_said(open_window: Open, server: str, sample: Sample) -> None:
    """In mid-sentence: what was said until then is answered, and the next press starts afresh."""
    window = open_window(microphone=sample(ORDER))
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.talk.click()
    widget.wait_for_partial("butter croissants")
    widget.talk.click()
    expect(widget.heard).to_have_count(1, timeout=TIMEOUT)
    expect(widget.lines.first).to_contain_text("butter croissant", ignore_case=True, timeout=TIMEOUT)
    expect(widget.state).to_contain_text("Press to talk", timeout=TIMEOUT)
    widget.talk.click()  # the fake microphone begins again
    expect(widget.heard).to_have_count(2, timeout=TIMEOUT)


def test_pressing_stops_the_spoken_answer_at_once(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.type("what do you have")
    expect(widget.state).to_contain_text("Speaking", timeout=TIMEOUT)
    widget.talk.click()
    expect(widget.state).not_to_contain_text("Speaking", timeout=1000)
    expect(widget.talk).to_have_attribute("aria-pressed", "true")


def test_muted_answers_are_not_spoken(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(server)
    widget = Widget(window.page).open()
    window.page.get_by_role("button", name="Mute spoken answers").click()
    widget.type("what do you have")
    window.page.wait_for_timeout(1500)
    expect(widget.state).not_to_contain_text("Speaking")
    expect(window.page.get_by_role("button", name="Let me hear the answers")).to_be_visible()


REFUSALS = {
    "NotAllowedError": "blocked",
    "NotFoundError": "No microphone was found",
    "NotReadableError": "another program",
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_missing_microphone_is_explained(open_window: Open, server: str, name: str) -> None:
    """The browser's own refusal cannot be had for each reason: the name is what the specification gives."""
    window = open_window()
    refuse = f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'));"
    window.page.add_init_script(refuse)
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.talk.click()
    expect(widget.notice).to_contain_text(REFUSALS[name])
    expect(widget.notice).to_contain_text("type your order")
    widget.type("two brownies")
    expect(widget.lines.first).to_contain_text("brownie")


def test_a_refusal_of_the_browser_is_explained(open_window: Open, server: str) -> None:
    window = open_window(microphone="refused")
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.talk.click()
    expect(widget.notice).to_contain_text("blocked")
    assert window.complaints == []


def test_a_prompt_never_answered_is_explained(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.clock.install()
    window.page.add_init_script("navigator.mediaDevices.getUserMedia = () => new Promise(() => {});")
    window.page.goto(server)
    widget = Widget(window.page)
    widget.launcher.click()
    window.page.clock.run_for(1000)
    widget.talk.click()
    expect(widget.state).to_contain_text("Choose “Allow”")
    window.page.clock.run_for(25_000)
    expect(widget.notice).to_contain_text("no answer")


def test_an_insecure_page_is_explained(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', {value: false});"
        "Object.defineProperty(Navigator.prototype, 'mediaDevices', {value: undefined});"
    )
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.talk.click()
    expect(widget.notice).to_contain_text("https")
