"""How carriers sign what they send: pure functions, compared in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.security import same

MAX_AGE = 300
"""Seconds for which a signature that names its time counts (Telnyx, Vonage)"""

Parameters = Mapping[str, Sequence[str]]


def twilio_signature(token: str, url: str, parameters: Parameters) -> str:
    """X-Twilio-Signature of a request: https://www.twilio.com/docs/usage/security#validating-requests"""
    signed = url + "".join(name + value for name in sorted(parameters) for value in sorted(set(parameters[name])))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode("ascii")


def check_twilio(token: str, url: str, parameters: Parameters, signature: str, body: bytes | None = None) -> bool:
    """Whether Twilio signed the request. `body` is that of a JSON request, whose hash stands in the URL.

    Twilio signs the URL with or without its port: both are tried.
    """
    if body is not None:
        digest = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
        if not same(digest.lower(), hashlib.sha256(body).hexdigest()):
            return False
        parameters = {}
    candidates = _with_and_without_port(url)
    good = [same(signature, twilio_signature(token, candidate, parameters)) for candidate in candidates]
    return any(good)


def _with_and_without_port(url: str) -> list[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port or {"https": 443, "wss": 443, "http": 80, "ws": 80}.get(parts.scheme, 443)
    rest = parts[2:]
    return [urlunsplit((parts.scheme, netloc, *rest)) for netloc in (host, f"{host}:{port}")]


def plivo_signature(token: str, method: str, url: str, nonce: str, parameters: Parameters) -> str:
    """X-Plivo-Signature-V3 of a request: https://www.plivo.com/docs/voice/concepts/signature-validation

    HMAC-SHA256 over the URL with its query sorted, the POST parameters sorted, and the nonce, joined with full stops.
    """
    parts = urlsplit(url)
    query: dict[str, list[str]] = parse_qs(parts.query, keep_blank_values=True)
    posted: Parameters = parameters
    if method.upper() == "GET":
        query, posted = {**query, **{name: list(values) for name, values in parameters.items()}}, {}
    base = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    pairs = "&".join(f"{name}={value}" for name in sorted(query) for value in sorted(query[name]))
    if pairs or posted:
        base += "?" + pairs
    if pairs and posted:
        base += "."
    base += "".join(name + value for name in sorted(posted) for value in sorted(posted[name]))
    digest = hmac.new(token.encode(), f"{base}.{nonce}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def check_plivo(token: str, method: str, url: str, nonce: str, parameters: Parameters, signatures: str) -> bool:
    """Whether one of the signatures in the header (several while tokens are rolled over) is right."""
    expected = plivo_signature(token, method, url, nonce, parameters)
    good = [same(candidate.strip(), expected) for candidate in signatures.split(",")[:8]]
    return any(good) and bool(nonce)


def check_telnyx(public_key: str, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether Telnyx signed the body, and recently: Ed25519 over "<timestamp>|<body>", key and signature in base64.

    https://developers.telnyx.com/docs/development/api-fundamentals/webhooks/receiving-webhooks
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), f"{timestamp}|".encode() + body)
    except (InvalidSignature, ValueError):  # binascii.Error is a ValueError
        return False
    return abs(now - int(timestamp)) <= MAX_AGE


def check_vonage(secret: str, authorization: str, body: bytes, now: float) -> bool:
    """Whether the JWT (HS256) of a Vonage webhook is right, recent, and made for this body.

    https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
    """
    scheme, _, token = authorization.partition(" ")
    parts = token.strip().split(".")
    if scheme.lower() != "bearer" or len(parts) != 3:
        return False
    expected = hmac.new(secret.encode(), f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
    try:
        header, claims = (json.loads(_unpadded(part)) for part in parts[:2])
        signature = _unpadded(parts[2])
        issued = float(claims.get("iat", 0))
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return False
    if not hmac.compare_digest(signature, expected) or not isinstance(header, dict) or header.get("alg") != "HS256":
        return False
    digest = claims.get("payload_hash")
    if digest is not None and not same(str(digest).lower(), hashlib.sha256(body).hexdigest()):
        return False
    return abs(now - issued) <= MAX_AGE and (digest is not None or not body)


def vonage_token(secret: str, body: bytes, now: float) -> str:
    """The Authorization header that `check_vonage` takes."""
    claims = {"iat": int(now), "payload_hash": hashlib.sha256(body).hexdigest()}
    signed = b".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, claims)
    )
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return f"Bearer {signed.decode()}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _unpadded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise ValueError("not base64") from error
