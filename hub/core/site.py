"""Where this installation stands: its public address and the domain its mail comes in at; origins of other sites."""

from urllib.parse import urlsplit


class _Site:
    base_url: str = "http://127.0.0.1:8000"
    inbound_domain: str = "hub.example"


def use(*, base_url: str, inbound_domain: str) -> None:
    """Called once when the process is set up."""
    _Site.base_url = base_url
    _Site.inbound_domain = inbound_domain.lower()


def base_url() -> str:
    """The public address, without a trailing slash."""
    return _Site.base_url


def inbound_domain() -> str:
    """Lower case: the domain of the stores' own mail addresses, of reply addresses and of our Message-IDs."""
    return _Site.inbound_domain


def origin_of(url: str) -> str | None:
    """Scheme and host of a site only (`https://www.shop.fr`), so that nothing else can slip into a policy; None for none."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        return None
    is_plain = bool(host) and all(letter.isalnum() or letter in ".-" for letter in host)
    if parts.scheme not in {"http", "https"} or not is_plain:
        return None
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"
