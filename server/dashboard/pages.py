"""The operator's pages behind a login: orders, calls, what callers thought, and who asked for a person."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from server.dashboard import login, views
from server.limits import asker
from server.state import state
from server.widget.policy import secure
from voice.language import load_language
from voice.shop.model import Shop
from voice.shop.orders import STATUSES

blueprint = Blueprint(
    "dashboard", __name__, url_prefix="/operator", template_folder="templates", static_folder="static"
)

ORDERS_SHOWN = 60
CALLS_SHOWN = 100
FEEDBACK_SHOWN = 200
OPEN = frozenset({"dashboard.static", "dashboard.login_page", "dashboard.log_in"})
"""Endpoints that need no login"""


@blueprint.record_once
def set_up(setup: BlueprintSetupState) -> None:
    """Raises SettingsError for a password that would not protect."""
    login.credential(setup.app.extensions["comanda"].settings)
    setup.app.extensions["comanda_attempts"] = login.Attempts.new()


@blueprint.before_request
def guard() -> AnyResponse | None:
    if request.endpoint == "dashboard.static":
        return None
    if not login.credential(state().settings):
        return make_response(_page("closed.html"), 503)
    login.begin_visit(request)
    if request.method == "POST" and not login.form_token_fits(request.form.get("form_token", "")):
        abort(400, "This form is out of date. Load the page again.")
    if request.endpoint not in OPEN and not login.is_operator():
        return redirect(url_for("dashboard.login_page"))
    return None


@blueprint.after_request
def protect(response: Response) -> Response:
    if request.endpoint != "dashboard.static":
        response.headers["Cache-Control"] = "no-store"
    return secure(response, request)


@blueprint.get("/login")
def login_page() -> AnyResponse:
    if login.is_operator():
        return redirect(url_for("dashboard.home"))
    return login.keep_visit(make_response(_page("login.html")))


@blueprint.post("/login")
def log_in() -> AnyResponse:
    attempts: login.Attempts = current_app.extensions["comanda_attempts"]
    if wait := attempts.wait(asker(request.remote_addr)):
        page = make_response(_page("login.html", problem="too_many"), 429)
        page.headers["Retry-After"] = str(round(wait) + 1)
        return page
    if not login.password_fits(state().settings, request.form.get("password", "")):
        return make_response(_page("login.html", problem="wrong"), 403)
    login.become(operator=True)
    return login.keep_visit(make_response(redirect(url_for("dashboard.home"))))


@blueprint.post("/logout")
def log_out() -> AnyResponse:
    login.become(operator=False)
    return login.keep_visit(make_response(redirect(url_for("dashboard.login_page"))))


@blueprint.get("/")
def home() -> AnyResponse:
    return redirect(url_for("dashboard.orders"))


@blueprint.get("/orders")
def orders() -> str:
    """The newest first; those still to be made before those that are done."""
    with state().assistant.storage.unit_of_work(read_only=True) as uow:
        latest = uow.orders.list(limit=ORDERS_SHOWN)
    latest.sort(key=lambda order: order.status in ("done", "cancelled"))
    return _page("orders.html", refresh=10, orders=[views.order_card(order, _shop()) for order in latest])


@blueprint.post("/orders/<order_id>")
def set_status(order_id: str) -> AnyResponse:
    status = next((known for known in STATUSES if known == request.form.get("status")), None)
    if status is None:
        abort(400, "There is no such status.")
    try:
        state().assistant.storage.run(lambda uow: uow.orders.set_status(order_id, status))
    except KeyError:
        abort(404)
    return redirect(url_for("dashboard.orders"), 303)


@blueprint.get("/calls")
def calls() -> str:
    with state().assistant.storage.unit_of_work(read_only=True) as uow:
        latest = uow.calls.list(limit=CALLS_SHOWN)
    rows = [views.call_row(call, _shop()) for call in latest]
    live = [views.live_row(call, _shop()) for call in state().running()]
    return _page("calls.html", refresh=10, live=live, last=rows)


@blueprint.get("/recordings/<name>")
def recording(name: str) -> Response:
    """The audio of a caller who agreed to it; only what a call's record names."""
    with state().assistant.storage.unit_of_work(read_only=True) as uow:
        if name not in uow.calls.recordings():
            abort(404)
    return send_from_directory(state().settings.call_audio_dir.resolve(), name, mimetype="audio/wav")


@blueprint.get("/feedback")
def feedback() -> str:
    with state().assistant.storage.unit_of_work(read_only=True) as uow:
        entries = uow.feedback.list(limit=FEEDBACK_SHOWN)
    rows = [views.feedback_row(entry, _shop()) for entry in entries]
    return _page("feedback.html", entries=rows, average=views.average_rating(entries))


@blueprint.get("/handovers")
def handovers() -> str:
    """What a person should see to: who asked for somebody, what was ordered until then."""
    with state().assistant.storage.unit_of_work(read_only=True) as uow:
        events = uow.events.open()
    return _page("handovers.html", refresh=10, entries=[views.event_row(event, _shop()) for event in events])


@blueprint.post("/handovers/<int(max=2147483647):event_id>")
def handled(event_id: int) -> AnyResponse:
    state().assistant.storage.run(lambda uow: uow.events.handled(event_id))
    return redirect(url_for("dashboard.handovers"), 303)


def _page(template: str, **values: Any) -> str:
    here = (request.endpoint or "").partition(".")[2]
    words = load_language(state().settings.language).topic("dashboard")
    visit = {"operator": login.is_operator(), "form_token": login.form_token()} if "visit" in g else {}
    return render_template(template, words=words, shop=_shop(), here=here, **visit, **values)


def _shop() -> Shop:
    shop: Shop = state().assistant.catalogue.shop
    return shop
