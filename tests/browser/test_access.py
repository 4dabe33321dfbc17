"""Keyboard, screen reader, small screens, and pages that ask for nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Open
from tests.browser.line import CuttableLine
from tests.browser.widget import TIMEOUT, Widget

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


def test_an_order_with_the_keyboard_alone(open_window: Open, server: str) -> None:
    window = open_window()
    page = window.page
    page.goto(server)
    widget = Widget(page)
    widget.launcher.focus()
    page.keyboard.press("Enter")
    expect(widget.panel).to_be_visible()
    expect(widget.talk).to_be_focused()
    expect(widget.said).to_have_count(1, timeout=TIMEOUT)
    expect(widget.state).to_contain_text("Press to talk", timeout=TIMEOUT)
    page.keyboard.press("Space")
    expect(widget.talk).to_have_attribute("aria-pressed", "true", timeout=TIMEOUT)
    for _ in range(3):  # a press while the greeting is being spoken silences it and leaves the microphone open
        if widget.talk.get_attribute("aria-pressed") == "true":
            page.keyboard.press("Space")
            page.wait_for_timeout(500)
    expect(widget.talk).to_have_attribute("aria-pressed", "false", timeout=TIMEOUT)
    page.keyboard.press("Tab")
    expect(widget.input).to_be_focused()
    page.keyboard.type("two brownies")
    page.keyboard.press("Enter")
    expect(widget.lines).to_have_count(1, timeout=TIMEOUT)
    page.keyboard.press("Escape")
    if widget.panel.is_visible():  # the first Escape silenced the answer
        page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()
    assert window.complaints == []


def test_roles_and_names(open_window: Open, server: str) -> None:
    page = open_window().page
    page.goto(server)
    widget = Widget(page).open()
    widget.type("two brownies")
    expect(widget.panel).to_match_aria_snapshot("""
      - dialog:
        - banner:
          - heading [level=1]
          - button "Mute spoken answers"
          - button "Close"
        - region "Your order":
          - heading "Your order" [level=2]
          - list:
            - listitem: /2 × brownie/
        - log "Conversation"
        - list "You can say"
        - button "Talk"
        - status
        - textbox "Type your order"
        - button "Send"
        - link "What happens to my voice"
    """)
    assert page.locator("comanda-voice .partial").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/kiosk", "/privacy", "/operator/login"])
def test_contrast_is_enough(open_window: Open, server: str, path: str, scheme: str) -> None:
    window = open_window(color_scheme=scheme, reduced_motion="reduce")
    window.page.goto(server + path)
    if path == "/":
        Widget(window.page).open().type("two brownies")
    assert window.page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("path", ["/", "/kiosk", "/privacy", "/operator/login"])
def test_no_page_scrolls_sideways(open_window: Open, server: str, path: str) -> None:
    window = open_window()
    window.page.goto(server + path)
    for width in (320, 390, 768, 1280):
        window.page.set_viewport_size({"width": width, "height": 700})
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    assert window.complaints == []


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_kiosks_welcome_is_seen_whole(open_window: Open, server: str, size: tuple[int, int]) -> None:
    page = open_window(viewport={"width": size[0], "height": size[1]}).page
    page.goto(f"{server}/kiosk")
    welcome = page.locator("comanda-voice .welcome")
    expect(welcome).to_be_visible()
    for line in welcome.locator("p").all():
        expect(line).to_be_in_viewport(ratio=1)
    assert welcome.evaluate("(e) => e.scrollHeight - e.clientHeight") <= 0


def test_small_screens_fold_the_cart(open_window: Open, server: str) -> None:
    page = open_window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).page
    page.goto(server)
    widget = Widget(page).open()
    widget.type("two brownies")
    fold = page.get_by_role("button", name="Your order")
    expect(fold).to_contain_text("€")
    expect(widget.lines).to_have_count(0)
    fold.tap()
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(widget.lines).to_have_count(1)


def test_reduced_motion_is_respected(open_window: Open, server: str) -> None:
    page = open_window(reduced_motion="reduce").page
    page.goto(server)
    widget = Widget(page).open()
    assert widget.panel.evaluate("(e) => getComputedStyle(e).animationName") == "none"


def test_nothing_comes_from_elsewhere(open_window: Open, server: str) -> None:
    window = open_window()
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.page.goto(server)
    Widget(window.page).open()
    assert asked and all(url.startswith(server) for url in asked)
    assert window.complaints == []


def test_another_website_with_a_strict_policy(open_window: Open, server: str, embedding_site: str) -> None:
    """One script tag on a page whose policy allows this server's scripts and connections, and nothing inline."""
    window = open_window()
    window.page.goto(embedding_site)
    widget = Widget(window.page).open()
    widget.type("two brownies")
    expect(widget.lines).to_have_count(1)
    assert window.complaints == []


def test_a_website_that_is_not_on_the_list_gets_no_button_and_is_told_why(
    open_window: Open, server: str, embedding_site: str
) -> None:
    window = open_window()
    window.page.goto(embedding_site.replace("127.0.0.1", "localhost"))
    expect(window.page.get_by_role("heading", level=1)).to_have_text("A shop")
    with window.page.expect_console_message(lambda message: "origins" in message.text):
        window.page.reload()
    assert window.page.locator("comanda-voice").count() == 0


def test_an_order_on_another_website_survives_all_that_goes_wrong(
    open_window: Open, line: CuttableLine, embedding_site: str
) -> None:
    """With the keyboard alone: the microphone is refused, the line is cut in the middle, answers are muted."""
    window = open_window(microphone="refused")
    page = window.page
    page.goto(f"{embedding_site}?host={line.address}")
    widget = Widget(page)
    widget.launcher.focus()
    page.keyboard.press("Enter")
    expect(widget.said).to_have_count(1, timeout=TIMEOUT)
    page.keyboard.press("Space")
    expect(widget.notice).to_contain_text("blocked", timeout=TIMEOUT)
    widget.input.focus()
    page.keyboard.type("two brownies")
    page.keyboard.press("Enter")
    expect(widget.lines).to_have_count(1, timeout=TIMEOUT)
    line.cut()
    expect(widget.notice).to_contain_text("connection is lost", timeout=TIMEOUT)
    line.mend()
    expect(widget.notice).to_contain_text("Connected again", timeout=TIMEOUT)
    page.get_by_role("button", name="Mute spoken answers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Let me hear the answers")).to_be_focused()
    widget.type("and a cola")
    expect(widget.lines).to_have_count(2)


def log_in(page: Page, server: str) -> None:
    page.goto(f"{server}/operator/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_the_operators_pages(open_window: Open, server: str) -> None:
    window = open_window()
    log_in(window.page, server)
    for name in ("Orders", "Calls", "Feedback", "Hand-overs"):
        window.page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(window.page.get_by_role("heading", level=1)).to_have_text(name)
        assert window.page.evaluate(CONTRAST) == []
    assert window.complaints == []


def test_the_operators_pages_are_kept_up_to_date_but_not_under_ones_hands(open_window: Open, server: str) -> None:
    page = open_window().page
    page.clock.install()
    log_in(page, server)
    expect(page).to_have_url(f"{server}/operator/orders")
    loaded: list[str] = []
    page.on("load", lambda at: loaded.append(at.url))
    with page.expect_event("load"):
        page.clock.run_for(10_500)
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    page.evaluate("document.querySelector('main button').focus()")
    page.clock.run_for(30_000)
    page.wait_for_timeout(300)
    assert len(loaded) == 1
