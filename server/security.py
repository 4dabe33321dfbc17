"""Who may ask for what: origins, tokens, sessions that only their owner can name, shared secrets.

Tokens and session keys are signed with HMAC-SHA256 (itsdangerous); every comparison takes constant time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import logging
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from itsdangerous import BadData, SignatureExpired, URLSafeSerializer, URLSafeTimedSerializer

from voice.errors import SettingsError
from voice.settings import Settings

logger = logging.getLogger(__name__)

TOKEN_SECONDS = 600
TICKET_SECONDS = 120
"""Between a carrier's webhook and its stream"""
MIN_SECRET = 32


def secret_key(settings: Settings) -> str:
    """The signing key. Raises SettingsError in production without one; in development makes one up for this process."""
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value()
        if len(key) < MIN_SECRET:
            raise SettingsError(
                f"COMANDA_SECRET_KEY has {len(key)} characters and needs {MIN_SECRET}. Make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        return key
    if settings.production:
        raise SettingsError(
            "COMANDA_SECRET_KEY is not set, and in production the website's tokens need one. Make it with: "
            'python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    logger.info("COMANDA_SECRET_KEY is not set: tokens are signed with a key that lives as long as this process.")
    return secrets.token_urlsafe(32)


class Signer:
    """Makes and checks the short-lived tokens, the session keys and the tickets that bind a stream to its call."""

    def __init__(self, key: str) -> None:
        options = {"digest_method": hashlib.sha256}
        self._key, self._options = key, options
        self._tokens = URLSafeTimedSerializer(key, salt="token", signer_kwargs=options)
        self._tickets = URLSafeTimedSerializer(key, salt="ticket", signer_kwargs=options)
        self._sessions = URLSafeSerializer(key, salt="session", signer_kwargs=options)

    def timed(self, salt: str) -> URLSafeTimedSerializer:
        """For what is signed elsewhere; what one salt signed no other one reads."""
        return URLSafeTimedSerializer(self._key, salt=salt, signer_kwargs=self._options)

    def token(self, origin: str) -> str:
        return self._tokens.dumps({"origin": origin, "nonce": secrets.token_urlsafe(6)})

    def check_token(self, token: str, origin: str) -> str:
        """ "" if the token is good for the origin, else the error code of the protocol."""
        try:
            content = self._tokens.loads(token, max_age=TOKEN_SECONDS)
        except SignatureExpired:
            return "expired_token"
        except BadData:
            return "bad_token"
        return "" if content.get("origin") == origin else "bad_token"

    def session_key(self, session_id: str, origin: str) -> str:
        return self._sessions.dumps([session_id, origin])

    def session_id(self, key: str, origin: str) -> str | None:
        """The session that a key names, if it was given to this origin."""
        try:
            session_id, owner = self._sessions.loads(key)
        except (BadData, ValueError, TypeError):
            return None
        return session_id if owner == origin and isinstance(session_id, str) else None

    def ticket(self, provider: str, call_id: str) -> str:
        """Lets in the one stream that a signed webhook announced. Letters and digits: Plivo passes on no others."""
        signed = self._tickets.dumps([provider, call_id, secrets.token_urlsafe(6)])
        return base64.b32encode(signed.encode()).decode().rstrip("=")

    def ticket_call(self, ticket: str, provider: str) -> str | None:
        """The call id that a ticket was made for, within TICKET_SECONDS."""
        try:
            signed = base64.b32decode(ticket + "=" * (-len(ticket) % 8))
            owner, call_id, _ = self._tickets.loads(signed, max_age=TICKET_SECONDS)
        except (BadData, ValueError, TypeError):  # binascii.Error is a ValueError
            return None
        return call_id if owner == provider and isinstance(call_id, str) and call_id else None


def same(left: str, right: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def origin_of(url: str) -> str:
    """scheme://host[:port] of a URL, lower case, default ports left out; "" if it has none."""
    try:
        parts = urlsplit(url.strip().lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


class Origins:
    """The allow-list. The server's own origin belongs to it, but only under a name that nobody can rebind."""

    def __init__(self, settings: Settings) -> None:
        self._public = origin_of(settings.public_url)
        self._allowed = {origin_of(origin) for origin in settings.origins} - {""}
        self._hosts = {"localhost", settings.host.lower()}

    def own(self, host_url: str) -> str:
        """The server's own origin as this request addressed it; "" under a name that is not the server's."""
        origin = origin_of(host_url)
        if self._public and urlsplit(origin).hostname == urlsplit(self._public).hostname:
            return self._public
        host = urlsplit(origin).hostname or ""
        return origin if host in self._hosts or _is_address(host) else ""

    def check(self, origin: str | None, host_url: str) -> str | None:
        """The request's origin if it is allowed. No Origin header (same-origin GET, no browser) is the own one."""
        own = self.own(host_url)
        if origin is None:
            return own or None
        normal = origin_of(origin)
        return normal if normal and (normal in self._allowed or normal == own) else None

    def foreign(self, origin: str, host_url: str) -> bool:
        """Whether an allowed origin needs CORS headers."""
        return origin in self._allowed and origin != self.own(host_url)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def in_networks(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks ("10.0.0.0/8", "::1"). Raises SettingsError for no network."""
    try:
        peer = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return any((mapped or peer) in _network(network) for network in networks)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise SettingsError(f"{text!r} is no network such as 10.0.0.0/8: {error}.") from error


def is_local(address: str | None) -> bool:
    """Whether the peer is this machine."""
    return in_networks(address or "", ("127.0.0.0/8", "::1/128"))


def shared_secret(authorization: str | None, query_token: str | None, expected: str) -> bool:
    """A peer's secret as "Bearer <secret>", as the password of "Basic ...", or as ?token=."""
    scheme, _, value = (authorization or "").partition(" ")
    offered = query_token or ""
    if scheme.lower() == "bearer":
        offered = value.strip()
    elif scheme.lower() == "basic":
        try:
            offered = base64.b64decode(value, validate=True).decode("utf-8", "replace").partition(":")[2]
        except (binascii.Error, ValueError):
            offered = ""
    return bool(expected) and same(offered, expected)
