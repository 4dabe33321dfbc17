"""`comanda serve`: the server, for development (Flask's own) or production (gunicorn with threads)."""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, get_args, get_type_hints

import click
from flask import Flask

from server.app import create_app
from server.limits import LOBBY
from server.retention import Retention
from server.security import secret_key
from server.state import ServerState
from server.telephony.audiosocket_server import AudioSocketServer
from voice.assistant import Assistant
from voice.audio.pcm import silence
from voice.commands.counting import counted
from voice.errors import SettingsError
from voice.settings import Settings, load_settings
from voice.types import Expectation

logger = logging.getLogger(__name__)

PLAIN_REQUESTS = 16
"""Threads for requests that are no calls"""
PER_CALL = 2
CALL_RATES = (8000, 16000)
"""Hertz: telephone lines; the website, the kiosk and wide-band telephony"""
Tell = Callable[[str], None]
Ready = Callable[[str, Assistant], None]


@click.command()
@click.option("--host", help="Address to listen on (setting `host`).")
@click.option("--port", type=int, help="Port to listen on (setting `port`).")
@click.option("--production", is_flag=True, help="gunicorn with threads in place of Flask's own server.")
def serve(host: str | None, port: int | None, production: bool) -> None:
    """Serve the telephone line and the website's voice button."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    changes = {"host": host, "port": port, "production": production or None}
    settings = load_settings().model_copy(update={k: v for k, v in changes.items() if v is not None})
    run_server(settings)


def run_server(settings: Settings, on_ready: Ready | None = None, tell: Tell = logger.info) -> None:
    """Serves until it is told to stop, then lets the calls end. `on_ready` gets the URL once requests are taken, and
    who answers them; `tell` what the operator should know of the end."""
    ready = on_ready or (lambda url, assistant: logger.info("Serving on %s", url))
    if settings.production:
        _gunicorn(settings, ready, tell)
    else:
        _werkzeug(settings, ready, tell)


class Running:
    """The parts of a serving process. Raises ComandaError when one cannot be had."""

    def __init__(self, settings: Settings, tell: Tell = logger.info) -> None:
        self._tell = tell
        self.at_once = threading.Event()
        """Set by whoever does not want to wait for the calls under way"""
        self.assistant = Assistant.open(settings)
        self.app = create_app(settings, self.assistant)  # first: it refuses what would not be safe
        warm_up(self.assistant)
        self.shared: ServerState = self.app.extensions["comanda"]
        self._retention = Retention(self.assistant.storage, settings.retention_days, settings.call_audio_dir)
        self._listener = AudioSocketServer(self.shared) if settings.audiosocket_port is not None else None
        if self._listener:
            self._listener.start()
            logger.info("AudioSocket on %s:%d", settings.audiosocket_host, self._listener.port)

    @property
    def audiosocket_port(self) -> int | None:
        """The port taken; None: AudioSocket is off."""
        return self._listener.port if self._listener else None

    def let_calls_end(self) -> None:
        """Takes no more calls, waits for those under way, and ends what is left with its order kept."""
        shared = self.shared
        shared.admission.close()
        if self._listener:
            self._listener.close()
        if not shared.admission.active:
            return
        if not self._calls_have_ended(shared.settings.shutdown_seconds):
            self.at_once.set()  # whoever closes this again does not wait again
            for call in shared.running():
                call.shut_down()
            shared.admission.wait_until_empty(10)

    def _calls_have_ended(self, seconds: float) -> bool:
        """Waits for the calls so long, or until `at_once`."""
        admission, deadline = self.shared.admission, time.monotonic() + seconds
        if not self.at_once.is_set():
            calls = counted(admission.active, "call")
            self._tell(f"Waiting up to {seconds:.0f} s for {calls} to end; orders are kept. Ctrl-C again ends at once.")
        while not self.at_once.is_set() and time.monotonic() < deadline:
            if admission.wait_until_empty(0.1):
                return True
        return not admission.active

    def close(self) -> None:
        self.let_calls_end()
        self._retention.close()
        self.assistant.close()


def warm_up(assistant: Assistant) -> None:
    """Loads recognition and the voice before the first caller has to wait for them. Raises ModelError, SpeechError."""
    started = time.monotonic()
    recognition = assistant.engine(assistant.language.code).recognition
    for rate in CALL_RATES:
        recognition.recognize(silence(1.0, rate))  # all that only the first utterance would load
    for kind in get_args(get_type_hints(Expectation)["kind"]):  # each state of the dialogue has a graph of its own
        for rate in CALL_RATES:
            recognition.recognizer(rate, Expectation(kind))
    assistant.say(str(assistant.language.topic("channel")["one_moment"]), 8000)
    logger.info("Model and voice are loaded (%.1f s)", time.monotonic() - started)


def _werkzeug(settings: Settings, ready: Ready, tell: Tell) -> None:
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    check_port(settings)
    running = Running(settings, tell)
    try:
        server = make_server(settings.host, settings.port, running.app, threaded=True)
        server.daemon_threads = True  # type: ignore[attr-defined]
        stop = stop_signal(running.at_once)
        serving = threading.Thread(target=server.serve_forever, name="http", daemon=True)
        serving.start()
        ready(f"http://{_shown(settings.host)}:{server.port}", running.assistant)
        stop.wait()
        running.let_calls_end()
        server.shutdown()
    finally:
        running.close()


def check_port(settings: Settings) -> None:
    """Raises SettingsError before minutes are spent on a model, if the port is taken."""
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as error:
        raise SettingsError(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}). "
            "Choose another with --port or COMANDA_PORT."
        ) from error


def stop_signal(at_once: threading.Event) -> threading.Event:
    """Set by Ctrl-C or SIGTERM; a second one sets `at_once`."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: (at_once if stop.is_set() else stop).set())
    return stop


def _gunicorn(settings: Settings, ready: Ready, tell: Tell) -> None:
    """One worker process (the model is shared by its threads), a thread a connection."""
    from gunicorn.app.base import BaseApplication

    secret_key(settings)  # raises here rather than in a worker that would be started again and again
    check_port(settings)
    loaded: list[Running] = []
    options = _gunicorn_options(settings, ready, loaded)

    class Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            """In the worker process: neither threads nor the voice's process survive a fork."""
            # A terminal's Ctrl-C comes again from gunicorn's master, as SIGQUIT; heeding both at once locks the worker.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            running = Running(settings, tell)
            loaded.append(running)
            _end_calls_first(running)
            return running.app

    Application().run()


def _gunicorn_options(settings: Settings, ready: Ready, loaded: list[Running]) -> dict[str, Any]:
    """`loaded` is what the worker will have loaded."""
    url = f"http://{_shown(settings.host)}:{settings.port}"
    return {
        "bind": f"{settings.host}:{settings.port}",
        "worker_class": "gthread",
        "workers": 1,
        "threads": settings.max_calls * PER_CALL + LOBBY + PLAIN_REQUESTS,
        "graceful_timeout": int(settings.shutdown_seconds) + 15,
        "timeout": 120,
        "accesslog": None,
        "loglevel": "warning",
        "post_worker_init": lambda worker: ready(url, loaded[0].assistant),
        "worker_exit": lambda server, worker: _close(loaded),
    }


def _close(loaded: list[Running]) -> None:
    for running in loaded:
        _heed_ctrl_c(running)
        running.close()


def _heed_ctrl_c(running: Running) -> None:
    """In a worker that stops already."""
    signal.signal(signal.SIGINT, lambda *_: running.at_once.set())


def _end_calls_first(running: Running) -> None:
    """A worker that is told to stop goes on serving until its calls have ended: one that is handed over meanwhile is
    asked for at /next by its carrier."""
    stop = signal.getsignal(signal.SIGTERM)

    def end(number: int) -> None:
        running.let_calls_end()
        if callable(stop):
            stop(number, None)

    def handle(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a supervisor's comes twice, from it and from gunicorn's master
        _heed_ctrl_c(running)
        threading.Thread(target=end, args=(number,), name="let-calls-end", daemon=True).start()

    signal.signal(signal.SIGTERM, handle)


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1", "::") else host
