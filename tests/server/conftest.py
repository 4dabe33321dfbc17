"""A server on real sockets. Its assistant is a small one that answers at once: protocols are tested here, not orders.

tests/server/test_real_calls.py is where the real assistant answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from pydantic import SecretStr
from werkzeug.serving import make_server

from server.app import create_app
from server.state import ServerState
from server.telephony.audiosocket_server import AudioSocketServer
from voice.dialogue.session import Session, new_session
from voice.language import Language, load_language
from voice.settings import Settings
from voice.shop.model import Catalogue, Product, Shop
from voice.shop.storage import Storage
from voice.types import AudioChunk, Hypothesis, NoInput, NoMatch, Reply, Turn, Utterance

SECRET = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://orders.example.com"


def until(condition: Callable[[], object], seconds: float = 8.0) -> None:
    """Waits for what another thread is about to do."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def tone(seconds: float, rate: int) -> AudioChunk:
    """Sound that is neither silence nor a telephone key."""
    at = np.arange(round(seconds * rate)) / rate
    return AudioChunk((8000 * np.sin(2 * np.pi * 300 * at)).astype("<i2").tobytes(), rate)


class CountingRecognizer:
    """Understands how long somebody spoke."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def accept(self, chunk: AudioChunk) -> None:
        self.seconds += chunk.seconds

    def partial(self) -> str:
        return "something" if self.seconds > 0.4 else ""

    def complete(self) -> bool:
        return False

    def finish(self) -> Utterance:
        return Utterance("speech", (Hypothesis("something"),), self.seconds)


@dataclass
class PromptAssistant:
    """The assistant's seam (CONTRIBUTING.md), answering each turn with two sentences."""

    catalogue: Catalogue
    sentence_seconds: float = 0.3
    delay: float = 0.0
    sessions: dict[str, Session] = field(default_factory=dict)
    turns: list[Utterance] = field(default_factory=list)
    heard_sentences: list[int] = field(default_factory=list)
    rates: list[int] = field(default_factory=list)
    """Of the recognisers asked for"""
    hung_up: list[str] = field(default_factory=list)
    action: str = "listen"
    fails: bool = False
    storage: Storage = field(default_factory=lambda: Storage("sqlite://"))

    @property
    def language(self) -> Language:
        return load_language("en")

    def start(self, channel: str, caller: str | None = None, resume: str | None = None) -> tuple[Session, Turn]:
        session = self.sessions.get(resume or "") or new_session(channel, "en", caller)
        self.sessions[session.id] = session
        return session, Turn(Utterance.silence(), NoInput(), Reply(()), ("Hello.", "What would you like?"), {})

    def recognizer(self, session: Session, rate: int) -> CountingRecognizer:
        self.rates.append(rate)
        return CountingRecognizer()

    def take_turn(self, session: Session, utterance: Utterance) -> Turn:
        time.sleep(self.delay)
        if self.fails:
            raise RuntimeError("made to fail")
        self.turns.append(utterance)
        reply = Reply((), action=self.action)  # type: ignore[arg-type]
        return Turn(utterance, NoMatch(utterance.text), reply, ("I heard you.", "Anything else?"), {})

    def speak(self, turn: Turn, rate: int) -> Iterator[AudioChunk]:
        for _ in turn.sentences:
            yield tone(self.sentence_seconds, rate)

    def say(self, text: str, rate: int) -> AudioChunk:
        return tone(0.2, rate)

    def heard(self, session: Session, sentences: int) -> None:
        self.heard_sentences.append(sentences)

    def hang_up(self, session: Session) -> None:
        self.hung_up.append(session.id)

    def close(self) -> None: ...


@dataclass
class Server:
    app: Flask
    shared: ServerState
    assistant: PromptAssistant
    port: int
    audiosocket_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def wait_for_calls(self, count: int, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while self.shared.admission.active != count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.shared.admission.active == count


@pytest.fixture
def shop_settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        secret_key=SecretStr(SECRET),
        origins=("https://shop.example.com",),
        public_url=PUBLIC,
        twilio_auth_token=SecretStr("12345"),
        plivo_auth_token=SecretStr("54321"),
        vonage_signature_secret=SecretStr("vonage"),
        stream_token=SecretStr("between-us"),
        unsigned_local_calls=True,
        audiosocket_port=0,
        max_calls=8,
        shutdown_seconds=5,
    )


@pytest.fixture
def assistant() -> Iterator[PromptAssistant]:
    shop = Shop("Test shop", phone="+390212345")
    made = PromptAssistant(Catalogue(shop, (Product("latte", "latte", 350),)))
    yield made
    made.storage.close()


@pytest.fixture
def app(shop_settings: Settings, assistant: PromptAssistant) -> Flask:
    """Nothing listens: for Flask's test client."""
    return create_app(shop_settings, assistant)  # type: ignore[arg-type]


@pytest.fixture
def server(app: Flask, assistant: PromptAssistant) -> Iterator[Server]:
    shared: ServerState = app.extensions["comanda"]
    listener = AudioSocketServer(shared)
    listener.start()
    http = make_server("127.0.0.1", 0, app, threaded=True)
    http.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield Server(app, shared, assistant, http.server_port, listener.port)
    shared.admission.close()
    listener.close()
    for call in shared.running():
        call.shut_down()
    shared.admission.wait_until_empty(10)
    http.shutdown()
    thread.join()
    http.server_close()
