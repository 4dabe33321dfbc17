"""create_app(): the Flask application. One blueprint a concern."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.middleware.proxy_fix import ProxyFix

from server.security import in_networks
from server.state import ServerState, state
from voice.settings import Settings

if TYPE_CHECKING:
    from voice.assistant import Assistant

BLUEPRINTS: tuple[str, ...] = (
    "server.api.http:blueprint",
    "server.api.voice:blueprint",
    "server.telephony.webhooks:blueprint",
    "server.telephony.streams:blueprint",
    "server.telephony.transcripts:blueprint",
    "server.widget.pages:blueprint",
    "server.dashboard.pages:blueprint",
)
PRIVATE = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
MAX_MESSAGE = 64 * 1024
MAX_REQUEST = 256 * 1024

probes = Blueprint("probes", __name__)


def create_app(settings: Settings, assistant: Assistant) -> Flask:
    """The server for one shop. Raises SettingsError for a set-up that would not be safe."""
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": 20,
        "max_message_size": MAX_MESSAGE,
        "subprotocols": ["media", "audio.jambonz.org", "audio.drachtio.org"],
    }
    app.extensions["comanda"] = ServerState.of(settings, assistant)
    app.register_blueprint(probes)
    for name in BLUEPRINTS:
        module, attribute = name.split(":")
        app.register_blueprint(getattr(importlib.import_module(module), attribute))
    app.wsgi_app = without_compression(app.wsgi_app)  # type: ignore[method-assign,assignment]
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies)  # type: ignore[method-assign]
    return app


@probes.get("/health")
def health() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@probes.get("/ready")
def ready() -> tuple[Response, int]:
    """Whether another call would be taken."""
    admission = state().admission
    body = {"status": "busy" if admission.full else "ready", "calls": admission.active, "limit": admission.limit}
    return jsonify(body), 503 if admission.full else 200


@probes.get("/metrics")
def metrics() -> Response:
    """For Prometheus on this machine or a private network; nobody's words or numbers are in it."""
    if not in_networks(request.remote_addr or "", PRIVATE) or "X-Forwarded-For" in request.headers:
        return Response("Only from a private network.\n", 403)
    shared = state()
    shared.metrics.active.set(shared.admission.active)
    return Response(generate_latest(shared.metrics.registry), content_type=CONTENT_TYPE_LATEST)


WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def without_compression(app: WsgiApp) -> WsgiApp:
    """Declines per-message compression of WebSockets: audio does not shrink, and inflating is a way to fill memory."""

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return call
