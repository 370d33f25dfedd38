"""The protection of providers that sign nothing: a secret in the Authorization header."""

import base64
import binascii
from collections.abc import Mapping

from hub.channels.mail_hooks.base import Refused, is_same


def check_secret(headers: Mapping[str, str], secret: str, *, has_bearer: bool = False) -> None:
    """`secret` is `user:password` of the basic authentication, or with `has_bearer` the token. Raises Refused."""
    scheme, _, given = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            shown = base64.b64decode(given.strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            shown = ""
        if is_same(shown, secret):
            return
    elif has_bearer and scheme.lower() == "bearer" and is_same(given.strip(), secret):
        return
    raise Refused("secret")
