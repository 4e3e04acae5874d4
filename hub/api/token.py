"""The token that allows writes by API: `Authorization: Bearer …`."""

import hmac


def allows(token: str, authorization: str) -> bool:
    """Tell whether an Authorization header carries the token, without telling by time how nearly."""
    scheme, _, given = authorization.partition(" ")
    is_bearer = scheme.lower() == "bearer"
    return is_bearer and hmac.compare_digest(given.strip().encode(errors="replace"), token.encode())
