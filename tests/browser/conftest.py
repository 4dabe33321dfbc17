"""The whole product in a real browser: Debian's Chromium, the real server, the real assistant, no mocks."""

from __future__ import annotations

import shutil
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.browser.line import CuttableLine
from voice.audio.pcm import read_audio
from voice.settings import Settings

pytest.importorskip("playwright", reason="The browser tests need the Python package playwright: pip install -e .[dev]")

from flask import Flask, request
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
)  # fmt: skip
SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples" / "en"
PASSWORD = "a password for tests"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser, and one worker: two Chromiums and a recogniser would starve each other."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="No Chromium here. Type: sudo apt install chromium"))


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address at which an application is served while the block runs."""
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[tuple[Flask, str]]:
    """A shop's own website, on an origin of its own."""
    app = Flask("elsewhere")
    with serving(app) as address:
        yield app, address


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, elsewhere: tuple[Flask, str]) -> Settings:
    """Models and speech are shared with the project's own data folder; orders and calls are not."""
    folder = tmp_path_factory.mktemp("server")
    return Settings(
        database=f"sqlite:///{folder / 'comanda.db'}",
        operator_password=SecretStr(PASSWORD),
        origins=(elsewhere[1],),
    )


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Iterator[Any]:
    """With its model and voice loaded, as a server has them before the first caller."""
    from server.commands.serve import warm_up
    from voice.assistant import Assistant

    with Assistant.open(settings) as opened:
        warm_up(opened)
        yield opened


@pytest.fixture(scope="session")
def server(settings: Settings, assistant: Any) -> Iterator[str]:
    """Address of a running server."""
    from server.app import create_app

    with serving(create_app(settings, assistant)) as address:
        yield address


@pytest.fixture(scope="session")
def embedding_site(server: str, elsewhere: tuple[Flask, str]) -> str:
    """A page of that website with the one script tag, and a policy that allows this server (or ?host=) alone."""
    app, address = elsewhere

    @app.get("/embedded")
    def embedded() -> tuple[str, dict[str, str]]:
        host = request.args.get("host", server)
        policy = f"default-src 'none'; script-src {host}; connect-src {host} {host.replace('http', 'ws')}"
        tag = f'<script src="{host}/widget/widget.js" data-shop="test"></script>'
        page = f'<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>{tag}</html>'
        return page, {"Content-Security-Policy": policy}

    return f"{address}/embedded"


@pytest.fixture
def line(server: str) -> Iterator[CuttableLine]:
    """The same server over a line that can be cut."""
    cuttable = CuttableLine(int(server.rpartition(":")[2]))
    yield cuttable
    cuttable.close()


@pytest.fixture
def sample(tmp_path: Path) -> Callable[[str], Path]:
    """A spoken order of audio_samples/en, with a moment of quiet before and after."""

    def padded(name: str) -> Path:
        chunk = read_audio(SAMPLES / name)
        path = tmp_path / "microphone.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(chunk.rate)
            file.writeframes(b"\0\0" * chunk.rate + chunk.pcm + b"\0\0" * chunk.rate * 3)
        return path

    return padded


class Window:
    """One browser with one page; what the console and the pages complain about is collected."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")


Open = Callable[..., Window]


@pytest.fixture
def open_window() -> Iterator[Open]:
    """open_window(path="/", microphone=WAV | "refused" | None, **context options): a fresh browser and profile each."""
    started: list[Browser] = []
    with sync_playwright() as playwright:

        def opened(microphone: Path | str | None = None, **options: Any) -> Window:
            arguments = list(ARGUMENTS)
            if microphone == "refused":
                arguments.append("--deny-permission-prompts")
            else:
                arguments.append("--use-fake-ui-for-media-stream")
            if isinstance(microphone, Path):
                arguments.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
            started.append(browser)
            return Window(browser.new_context(**options))

        yield opened
        for browser in started:
            browser.close()
