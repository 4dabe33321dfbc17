"""Who may see the operator's pages: one password from the environment, a signed cookie, a token in every form."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Request, Response, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.security import check_password_hash

from server.limits import RateLimiter
from server.security import same
from server.state import state
from voice.errors import SettingsError
from voice.settings import Settings

COOKIE = "comanda_operator"
COOKIE_SECONDS = 8 * 3600
MIN_PASSWORD = 12


@dataclass
class Attempts:
    """Five tries at once and one a minute from one address; thirty at once and one in five seconds from all."""

    address: RateLimiter
    everybody: RateLimiter

    @staticmethod
    def new() -> Attempts:
        return Attempts(RateLimiter(1 / 60, 5), RateLimiter(0.2, 30))

    def wait(self, address: str) -> float:
        """Seconds until another try is allowed; 0: now, and it is counted."""
        return self.address.wait(address) or self.everybody.wait("")


def credential(settings: Settings) -> str:
    """What the password is checked against; "" closes the pages. Raises SettingsError for a password too short."""
    if settings.operator_password_hash is not None:
        return settings.operator_password_hash.get_secret_value()
    if settings.operator_password is None:
        return ""
    password = settings.operator_password.get_secret_value()
    if len(password) < MIN_PASSWORD:
        raise SettingsError(f"COMANDA_OPERATOR_PASSWORD has {len(password)} characters and needs {MIN_PASSWORD}.")
    return password


def password_fits(settings: Settings, offered: str) -> bool:
    expected = credential(settings)
    if settings.operator_password_hash is not None:
        return check_password_hash(expected, offered)
    return bool(expected) and same(offered, expected)


def begin_visit(request: Request) -> None:
    """Reads the cookie, or makes a stranger's visit; `g.visit` is {"form": its forms' token, "operator": bool}."""
    try:
        visit: Any = _serializer().loads(request.cookies.get(COOKIE, ""), max_age=COOKIE_SECONDS)
    except BadData:
        visit = None
    if isinstance(visit, dict):
        g.visit = visit
    else:
        become(operator=False)


def become(*, operator: bool) -> None:
    """A new visit: nothing known before the login or logout is of use after it."""
    g.visit = {"form": secrets.token_urlsafe(24), "operator": operator}


def is_operator() -> bool:
    return bool(g.visit["operator"])


def form_token() -> str:
    """Stands in every form; only the page that this visit was given knows it (CSRF)."""
    token: str = g.visit["form"]
    return token


def form_token_fits(offered: str) -> bool:
    return same(offered, form_token())


def keep_visit(response: Response) -> Response:
    secure = request.is_secure or state().settings.production
    response.set_cookie(
        COOKIE, _serializer().dumps(g.visit), max_age=COOKIE_SECONDS, path="/operator", secure=secure, httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return response


def _serializer() -> URLSafeTimedSerializer:
    """A cookie dies with the password it was given for."""
    return state().signer.timed(f"operator {_fingerprint()}")


def _fingerprint() -> str:
    return hashlib.sha256(credential(state().settings).encode()).hexdigest()
