"""What a caller sees and does in the voice button's panel, by roles and names as a screen reader has them."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page, expect

TIMEOUT = 30_000
"""Milliseconds: the recogniser and the browser share few cores"""


class Widget:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.locator("comanda-voice .launcher")
        self.panel = page.get_by_role("dialog")
        self.talk = page.get_by_role("button", name="Talk", exact=True)
        self.input = page.get_by_label("Type your order")
        self.log = page.get_by_role("log")
        self.cart = page.get_by_role("region", name="Your order")
        self.notice = page.locator("comanda-voice .notice")
        self.partial = page.locator("comanda-voice .partial")
        self.state = page.locator("comanda-voice .state")

    def open(self) -> Widget:
        """Opens the panel and waits for the greeting, or for where a kept order stands."""
        answers = self.said.count()
        self.launcher.click()
        expect(self.said).to_have_count(answers + 1, timeout=TIMEOUT)
        return self

    @property
    def said(self) -> Locator:
        """The assistant's answers."""
        return self.page.locator("comanda-voice .assistant p")

    @property
    def heard(self) -> Locator:
        """The caller's turns as they were understood."""
        return self.page.locator("comanda-voice .caller p")

    @property
    def lines(self) -> Locator:
        return self.cart.get_by_role("listitem")

    @property
    def total(self) -> Locator:
        return self.cart.locator(".total dd")

    def wait_for_partial(self, words: str) -> None:
        """Until the words are said to their end: a word is shown as soon as it is told from all others.

        The live transcript soon changes again: it is looked at more often than `expect` does.
        """
        deadline = time.monotonic() + TIMEOUT / 1000
        while words not in (shown := self.partial.inner_text() if self.partial.is_visible() else ""):
            assert time.monotonic() < deadline, f"{words!r} was never shown, {shown!r} was"
            self.page.wait_for_timeout(30)
        self.page.wait_for_timeout(500)

    def type(self, words: str) -> None:
        """Types a turn and waits for the answer."""
        answers = self.said.count()
        self.input.fill(words)
        self.input.press("Enter")
        expect(self.said).to_have_count(answers + 1, timeout=TIMEOUT)
