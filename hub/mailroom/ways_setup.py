"""What the ways in need to know of this installation: limits of a mail, and how mailboxes are reached."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WaysSetup:
    """`most_bytes` of one mail; `most_files` in one mail; `ca_file` verifies mailbox servers, None: the system's.

    `may_be_private`: tokens may be fetched by http and inside private networks (demo and tests).
    """

    most_bytes: int = 25 * 1024 * 1024
    most_files: int = 100
    ca_file: str | None = None
    timeout_seconds: float = 20.0
    poll_seconds: float = 60.0
    may_be_private: bool = False


class _Current:
    setup = WaysSetup()


def use(setup: WaysSetup) -> None:
    """Called once when the process is set up."""
    _Current.setup = setup


def current() -> WaysSetup:
    return _Current.setup
