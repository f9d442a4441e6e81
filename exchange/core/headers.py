"""Security headers of every answer, error pages included (OWASP ASVS 5.0 V3.4)."""

from flask import Flask, Response

_CONTENT_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:"
)


def init_app(app: Flask, *, https_only: bool) -> None:
    """Set the headers; nothing priced or personal may stay in a shared cache."""

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _CONTENT_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        if https_only:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response
