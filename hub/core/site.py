"""Where this installation stands: its public address and the domain its mail comes in at."""


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
