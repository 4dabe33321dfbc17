"""The operator's pages: closed without a password, behind a login with one, deaf to another site's forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.security import generate_password_hash

from server.app import create_app
from voice.assistant import Assistant
from voice.errors import SettingsError
from voice.settings import Settings
from voice.types import Utterance

PASSWORD = "correct horse battery"
PAGES = ("orders", "calls", "feedback", "handovers")
Client = Callable[..., FlaskClient]


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with Assistant.open(Settings(data_dir=tmp_path, database="sqlite://")) as opened:
        yield opened


@pytest.fixture
def new_client(assistant: Assistant) -> Client:
    def made(password: str | None = PASSWORD, **settings: object) -> FlaskClient:
        secret = SecretStr(password) if password is not None else None
        given = assistant.settings.model_copy(update={"operator_password": secret, **settings})
        return create_app(given, assistant).test_client()

    return made


def form_token(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', client.get(f"/operator/{page}").get_data(as_text=True))
    assert found
    return found.group(1)


def log_in(client: FlaskClient, password: str = PASSWORD) -> int:
    form = {"password": password, "form_token": form_token(client, "login")}
    return client.post("/operator/login", data=form).status_code


ANSWERS = {"fulfilment": "pick up", "name": "Anna", "yes_no": "yes", "time": "as soon as possible"}


def order(assistant: Assistant) -> str:
    """A real order through the dialogue, whatever it asks at this time of day; gives its number."""
    session, _ = assistant.start("web")
    assistant.take_turn(session, Utterance.typed("two brownies"))
    assistant.take_turn(session, Utterance.typed("that's all"))
    for _ in range(8):
        if session.order_number:
            return session.order_number
        assistant.take_turn(session, Utterance.typed(ANSWERS.get(session.expects.kind, "yes")))
    pytest.fail(f"No order was placed: {session.prompts}")


@pytest.mark.parametrize("page", PAGES)
def test_without_a_password_the_pages_are_closed(new_client: Client, page: str) -> None:
    response = new_client(password=None).get(f"/operator/{page}")
    assert response.status_code == 503
    assert "COMANDA_OPERATOR_PASSWORD" in response.get_data(as_text=True)


def test_a_short_password_is_refused_at_the_start(new_client: Client) -> None:
    with pytest.raises(SettingsError, match="needs 12"):
        new_client(password="short")


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_login(new_client: Client, page: str) -> None:
    response = new_client().get(f"/operator/{page}")
    assert response.status_code == 302
    assert response.headers["Location"] == "/operator/login"


def test_the_password_opens_and_the_logout_closes(new_client: Client) -> None:
    client = new_client()
    assert log_in(client, "wrong password") == 403
    assert log_in(client) == 302
    for page in PAGES:
        response = client.get(f"/operator/{page}")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
    old = client.get_cookie("comanda_operator", path="/operator")
    client.post("/operator/logout", data={"form_token": form_token(client, "orders")})
    assert client.get("/operator/orders").status_code == 302
    assert old is not None


def test_a_hash_does_as_well(new_client: Client) -> None:
    client = new_client(password=None, operator_password_hash=SecretStr(generate_password_hash(PASSWORD)))
    assert log_in(client, "wrong password") == 403
    assert log_in(client) == 302


def test_the_cookie_is_kept_from_scripts_and_other_sites(new_client: Client) -> None:
    response = new_client().get("/operator/login", base_url="https://shop.example")
    cookie = response.headers["Set-Cookie"]
    for attribute in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/operator"):
        assert attribute in cookie


def test_a_cookie_cannot_be_made_and_dies_with_the_password(new_client: Client) -> None:
    client = new_client(secret_key=SecretStr("k" * 40))
    log_in(client)
    cookie = client.get_cookie("comanda_operator", path="/operator")
    assert cookie is not None
    for value, password in ((cookie.value, "another password"), (cookie.value[:-2] + "AA", PASSWORD)):
        other = new_client(password=password, secret_key=SecretStr("k" * 40))
        other.set_cookie("comanda_operator", value, path="/operator")
        assert other.get("/operator/orders").status_code == 302


def test_tries_are_limited(new_client: Client) -> None:
    client = new_client()
    assert [log_in(client, "wrong password") for _ in range(7)] == [403] * 5 + [429] * 2
    assert log_in(client) == 429


def test_an_orders_status_is_changed_with_the_forms_token_only(new_client: Client, assistant: Assistant) -> None:
    number = order(assistant)
    client = new_client()
    log_in(client)
    page = client.get("/operator/orders").get_data(as_text=True)
    assert number in page and "brownie" in page
    found = re.search(r'action="(/operator/orders/[^"]+)"', page)
    assert found
    token = form_token(client, "orders")
    for forged in ({"status": "ready"}, {"status": "ready", "form_token": "x"}):
        assert client.post(found.group(1), data=forged).status_code == 400
    assert client.post(found.group(1), data={"status": "free", "form_token": token}).status_code == 400
    assert client.post(found.group(1), data={"status": "ready", "form_token": token}).status_code == 303
    with assistant.storage.unit_of_work() as uow:
        assert [placed.status for placed in uow.orders.list()] == ["ready"]
    assert client.post("/operator/orders/unknown", data={"status": "ready", "form_token": token}).status_code == 404


def test_callers_words_are_shown_and_never_run(new_client: Client, assistant: Assistant) -> None:
    with assistant.storage.unit_of_work() as uow:
        uow.feedback.add("s", 2, "<script>alert(1)</script> too cold")
        uow.events.add("handover", "s", {"caller": "<b>x</b>", "cart": ["two brownies", "a cola"]})
        uow.commit()
    client = new_client()
    log_in(client)
    feedback = client.get("/operator/feedback").get_data(as_text=True)
    assert "&lt;script&gt;" in feedback and "<script>" not in feedback
    assert "2.0 of 5" in feedback
    page = client.get("/operator/handovers").get_data(as_text=True)
    assert "two brownies, a cola" in page and "<b>x" not in page
    action = re.search(r'action="(/operator/handovers/\d+)"', page)
    assert action
    client.post(action.group(1), data={"form_token": form_token(client, "handovers")})
    assert "two brownies" not in client.get("/operator/handovers").get_data(as_text=True)


def test_what_is_no_event_is_no_fault_of_the_server(new_client: Client) -> None:
    client = new_client()
    log_in(client)
    posted = {"form_token": form_token(client, "handovers")}
    assert client.post(f"/operator/handovers/{10**30}", data=posted).status_code == 404
