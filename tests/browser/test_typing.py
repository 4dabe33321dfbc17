"""Typed orders are an equal of spoken ones."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.widget import TIMEOUT, Widget
from voice.shop.display import money


def price(assistant: Any, product_id: str, variant: str | None = None) -> str:
    catalogue = assistant.catalogue
    product = catalogue.product(product_id)
    return money(product.variant(variant).price if variant else product.price, catalogue.shop)


def test_a_typed_order_stands_in_the_cart_with_its_price(open_window: Open, server: str, assistant: Any) -> None:
    window = open_window()
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.type("a large cappuccino please")
    expect(widget.lines).to_have_count(1)
    expect(widget.lines.first).to_contain_text("cappuccino")
    expect(widget.lines.first).to_contain_text(price(assistant, "cappuccino", "large"))
    expect(widget.total).to_have_text(price(assistant, "cappuccino", "large"))
    widget.type("remove the cappuccino")
    expect(widget.lines).to_have_count(0)
    expect(widget.cart).to_contain_text("Nothing yet")
    assert window.complaints == []


def test_what_is_typed_before_the_greeting_stands_after_it(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(f"{server}/kiosk")  # where the line opens with the first words
    widget = Widget(window.page)
    widget.input.fill("two brownies")
    widget.input.press("Enter")
    expect(widget.lines.first).to_contain_text("brownie", timeout=TIMEOUT)
    log = widget.log.inner_text().lower()
    assert log.index("juniper") < log.index("two brownies")
    assert window.complaints == []


def test_a_suggestion_is_an_answer(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.type("a cappuccino")
    window.page.get_by_role("list", name="You can say").get_by_role("button", name="Large", exact=False).click()
    expect(widget.lines.first).to_contain_text("large", timeout=TIMEOUT, ignore_case=True)
    assert window.complaints == []


def test_typing_works_when_no_websocket_opens(open_window: Open, server: str) -> None:
    window = open_window()
    blocked = "class { constructor() { setTimeout(() => this.onclose?.(), 10); } close() {} }"
    window.page.add_init_script(f"window.WebSocket = {blocked};")
    window.page.goto(server)
    widget = Widget(window.page)
    widget.launcher.click()
    widget.type("two bottles of cola please")
    expect(widget.lines.first).to_contain_text("cola", ignore_case=True)
    expect(widget.lines.first).to_contain_text("2")


def test_words_from_the_page_are_shown_and_never_run(open_window: Open, server: str) -> None:
    window = open_window()
    window.page.goto(server)
    widget = Widget(window.page).open()
    widget.type("<img src=x onerror=alert(1)> two brownies")
    expect(widget.heard.last).to_have_text("<img src=x onerror=alert(1)> two brownies")
    assert window.page.locator("comanda-voice img").count() == 0
    assert window.complaints == []
