"""Forms that change something are only taken from our own pages (ASVS 3.5): a token in the form, and the sender's word.

The token is a MAC over a random cookie that no other site can read or set for us, and over who is signed on: a form
drawn before somebody signed on is of no use after. `Origin` and `Sec-Fetch-Site`, where the browser says them, must
name this site.
"""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Response, g, request

from hub.rights.secret import digest_token

COOKIE = "noac_form"
SESSION_COOKIE = "noac_session"
"""Who is signed on: a random secret; what it stands for is a row on the hub."""
TOKEN_FIELD = "token"  # noqa: S105 (the name of a field)
_COOKIE_BYTES = 16
_COOKIE_AGE_S = 30 * 24 * 3600


class Guard:
    """Makes and checks the tokens of one hub's forms."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def token(self) -> str:
        """Return the token for the forms of the page in hand; its cookie is left with the browser."""
        cookie = g.get("form_cookie") or request.cookies.get(COOKIE, "")
        if len(cookie) != 2 * _COOKIE_BYTES or not cookie.isalnum():
            cookie = secrets.token_hex(_COOKIE_BYTES)
        g.form_cookie = cookie
        return self._token(cookie)

    def leave(self, response: Response) -> Response:
        """Leave the cookie with the browser, if the page in hand has forms."""
        cookie = g.get("form_cookie")
        if cookie:
            response.set_cookie(
                COOKIE,
                cookie,
                max_age=_COOKIE_AGE_S,
                httponly=True,
                samesite="Strict",
                secure=request.is_secure,
            )
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
        session = request.cookies.get(SESSION_COOKIE, "")
        signed_on = digest_token(session) if session else ""
        return hmac.new(self._key, f"form\n{cookie}\n{signed_on}".encode(), hashlib.sha256).hexdigest()
