"""Who touches a link: the source of a request as the survey's rules want it, its address only as a keyed hash."""

from functools import lru_cache

from flask import current_app, request

from hub.core import signing
from hub.surveys.filters import Network, is_filter_address, read_ranges
from hub.surveys.rules import Source

HASH_LENGTH = 16
LONGEST_AGENT = 300
AHEAD_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
AHEAD_WORDS = ("prefetch", "prerender", "preview")


def source_of_request() -> Source:
    """The address is hashed with our key and forgotten; whether it only filters mail is asked before."""
    address = request.remote_addr or ""
    return Source(
        signing.keyed_hash("touch-source", address)[:HASH_LENGTH],
        request.user_agent.string.replace("\x00", "")[:LONGEST_AGENT],
        is_filter_address(address, _ranges(current_app.config["COMPTOIR"].survey_filter_ranges)),
        any(word in request.headers.get(name, "").lower() for name in AHEAD_HEADERS for word in AHEAD_WORDS),
    )


@lru_cache(maxsize=4)
def _ranges(own: str) -> tuple[Network, ...]:
    return read_ranges(own)
