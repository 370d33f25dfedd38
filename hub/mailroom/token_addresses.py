"""Which addresses tokens may be fetched from; pure."""

from urllib.parse import urlsplit

from hub.core.errors import Invalid
from hub.core.text import N_


def check_token_url(url: str, *, may_be_private: bool) -> str:
    """By https, or also http where private networks are allowed. Raises Invalid (field token_url)."""
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        is_address = False
    if (
        not is_address
        or " " in url
        or not (parts.scheme == "https" or (may_be_private and parts.scheme == "http"))
    ):
        raise Invalid(
            N_("Please give the token address of the provider, beginning with https://."), field="token_url"
        )
    return url
