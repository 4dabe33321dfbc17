"""A lost line, a reload or a closed panel does not lose the cart."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.line import CuttableLine
from tests.browser.widget import TIMEOUT, Widget


def test_a_cut_line_is_told_and_mended_with_the_cart(open_window: Open, line: CuttableLine) -> None:
    page = open_window().page
    page.goto(line.address)
    widget = Widget(page).open()
    widget.type("two brownies")
    expect(widget.lines).to_have_count(1)
    line.cut()
    expect(widget.notice).to_contain_text("connection is lost", timeout=TIMEOUT)
    expect(widget.lines).to_have_count(1)
    line.mend()
    expect(widget.notice).to_contain_text("Connected again", timeout=TIMEOUT)
    widget.type("and a cola")
    expect(widget.lines).to_have_count(2)


def test_a_reloaded_page_goes_on_with_the_cart(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.type("two brownies")
    window.page.reload()
    widget.open()
    expect(widget.lines.first).to_contain_text("brownie", timeout=TIMEOUT)
    assert window.complaints == []


def test_another_tab_is_another_customer(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(server)
    Widget(window.page).open().type("two brownies")
    other = window.new_page()
    other.goto(server)
    expect(Widget(other).open().lines).to_have_count(0)


def test_a_closed_panel_opens_again_with_the_cart(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.type("two brownies")
    window.page.get_by_role("button", name="Close").click()
    expect(widget.panel).to_be_hidden()
    widget.open()
    widget.type("and a cola")
    expect(widget.lines).to_have_count(2)
    assert window.complaints == []
