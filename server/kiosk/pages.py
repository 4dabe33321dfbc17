"""The routes of the kiosk's screen, for the browser of this machine alone."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, stream_with_context

from server.kiosk.screen import Screen
from server.security import is_local
from server.state import state
from server.widget.pages import whole_screen
from server.widget.policy import secure


def screen_pages(screen: Screen) -> Blueprint:
    """/kiosk/screen, its events, and its talk button."""
    blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk")

    @blueprint.before_request
    def local_only() -> None:
        shared = state()
        if not is_local(request.remote_addr) or not shared.origins.own(request.host_url):
            abort(403)
        if request.method == "POST" and shared.origins.check(request.headers.get("Origin"), request.host_url) is None:
            abort(403)

    @blueprint.get("/screen")
    def page() -> str:
        return whole_screen("screen")

    @blueprint.get("/events")
    def events() -> Response:
        return Response(stream_with_context(screen.watch()), mimetype="text/event-stream",
                        headers={"Cache-Control": "no-store"})  # fmt: skip

    @blueprint.post("/button")
    def button() -> Response:
        body = request.get_json(silent=True)
        active = body.get("active") if isinstance(body, dict) else None
        if not isinstance(active, bool):
            abort(400)
        screen.press(active)
        return Response(status=204)

    @blueprint.after_request
    def protect(response: Response) -> Response:
        return secure(response, request)

    return blueprint
