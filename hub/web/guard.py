"""Forms that change something are only taken from our own pages (ASVS 3.5): a token in the form, and the sender's word.

The token is a MAC over a random cookie that no other site can read or set for us; `Origin` and `Sec-Fetch-Site`, where
the browser says them, must name this site.
"""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Response, request

COOKIE = "noac_form"
TOKEN_FIELD = "token"  # noqa: S105 (the name of a field)
_COOKIE_BYTES = 16
_COOKIE_AGE_S = 30 * 24 * 3600


class Guard:
    """Makes and checks the tokens of one hub's forms."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def begin(self) -> tuple[str, str]:
        """Return the cookie of this browser, a new one where it has none, and the token for its forms."""
        cookie = request.cookies.get(COOKIE, "")
        if len(cookie) != 2 * _COOKIE_BYTES or not cookie.isalnum():
            cookie = secrets.token_hex(_COOKIE_BYTES)
        return cookie, self._token(cookie)

    def leave(self, response: Response, cookie: str) -> Response:
        """Leave the cookie with the browser."""
        response.set_cookie(COOKIE, cookie, max_age=_COOKIE_AGE_S, httponly=True, samesite="Strict", path="/")
        return response

    def allows(self) -> bool:
        """Tell whether the form in hand came from one of our pages."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if site not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return False
        cookie = request.cookies.get(COOKIE, "")
        given = request.form.get(TOKEN_FIELD, "")
        return bool(cookie) and hmac.compare_digest(given.encode(), self._token(cookie).encode())

    def _token(self, cookie: str) -> str:
        return hmac.new(self._key, f"desk form\n{cookie}".encode(), hashlib.sha256).hexdigest()
