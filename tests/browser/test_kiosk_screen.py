"""The screen of `comanda kiosk`: the order is spoken at the machine's microphone (files in its place), and shown."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from server.commands.kiosk import served
from server.kiosk.screen import Screen
from tests.browser.conftest import Open
from tests.browser.widget import TIMEOUT, Widget
from voice.assistant import Assistant
from voice.audio.files import FileLoudspeaker, FileMicrophone
from voice.evaluation.make_samples import MANIFEST, call_paths, load_manifest
from voice.kiosk import Kiosk, Shown
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.storage import Storage

pytestmark = pytest.mark.slow


def test_what_is_said_at_the_kiosk_stands_on_its_screen(open_window: Open, tmp_path: Path) -> None:
    call = next(call for call in load_manifest()["calls"] if call["channel"] == "kiosk")
    settings = Settings(port=0)
    catalogue = load_catalogue(settings.catalogue)
    now = datetime.fromisoformat(str(call["at"])).replace(tzinfo=ZoneInfo(catalogue.shop.timezone))
    storage = Storage(f"sqlite:///{tmp_path / 'orders.db'}")
    with Assistant(settings, catalogue, storage, lambda: now) as assistant:
        screen = Screen(assistant, push_to_talk=False)
        shown: list[Shown] = []

        def show(one: Shown) -> None:
            shown.append(one)
            screen.show(one)

        files = FileMicrophone(call_paths(call, MANIFEST.parent / "en"))
        kiosk = threading.Thread(target=Kiosk(assistant, files, FileLoudspeaker(), show=show).run)
        with served(screen, assistant) as address:
            window = open_window(viewport={"width": 1280, "height": 800})
            window.page.goto(address)
            widget = Widget(window.page)
            expect(widget.state).to_contain_text("Just say")
            kiosk.start()
            expect(widget.lines.first).to_be_visible(timeout=4 * TIMEOUT)
            kiosk.join()
            turns = [one.turn for one in shown if one.turn is not None]
            expect(widget.said).to_have_count(len(turns), timeout=TIMEOUT)
            expect(widget.heard.first).to_have_text(turns[1].utterance.text)
            expect(widget.talk).to_be_hidden()
            expect(widget.input).to_be_hidden()
            window.page.reload()
            expect(widget.said).to_have_count(len(turns), timeout=TIMEOUT)
            window.page.screenshot(path=tmp_path / "kiosk.png")
            assert window.complaints == []
            window.page.goto("about:blank")
