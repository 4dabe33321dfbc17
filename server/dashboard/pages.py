"""The operator's pages behind a login: orders, calls, what callers thought, and who asked for a person."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from server.dashboard import login
from server.state import state
from server.widget.policy import secure

blueprint = Blueprint("dashboard", __name__, url_prefix="/operator", template_folder="templates", static_folder="static")

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
    attempts: login.Attempts = request_app_attempts()
    if wait := attempts.wait(request.remote_addr or ""):
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
