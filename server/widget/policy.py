"""The headers that every page of ours carries: nothing inline, nothing from elsewhere, a microphone for ourselves."""

from __future__ import annotations

from flask import Request, Response


def content_security_policy(host: str) -> str:
    """CSP level 3. `host` stands beside 'self' because older browsers do not read it as covering ws: and wss:."""
    return "; ".join((
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        f"connect-src 'self' ws://{host} wss://{host}",
        "worker-src 'self'",
        "media-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ))  # fmt: skip


def secure(response: Response, request: Request, *, public: bool = False) -> Response:
    """`public`: files that other websites load, not pages."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if public:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    else:
        response.headers["Content-Security-Policy"] = content_security_policy(request.host)
        response.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
