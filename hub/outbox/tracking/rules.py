"""Whether a click is a person's or a machine's, from all that is known of the message's clicks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.outbox.tracking.scanners import is_program
from hub.outbox.tracking.words import Sign, Visitor

EARLY = timedelta(seconds=2)
BURST = timedelta(seconds=5)
MANY = timedelta(seconds=10)
MANY_LINKS = 4
ALL_LINKS = 2
SOURCE_WINDOW = timedelta(seconds=60)


@dataclass(frozen=True)
class Click:
    """The signals of one request of a tracked link."""

    id: int
    position: int
    method: str
    clicked_at: datetime
    user_agent: str
    source_hash: str
    network: str | None


@dataclass(frozen=True)
class Label:
    visitor: Visitor
    sign: Sign


PERSON = Label(Visitor.HUMAN, Sign.NONE)


def label_clicks(
    clicks: Sequence[Click], *, accepted_at: datetime | None, is_leaving: bool, link_count: int
) -> dict[int, Label]:
    """A label for each click of one message, by id; a later click may change that of an earlier one.

    `accepted_at`: when the provider took the message; None while it is leaving (`is_leaving`) or when nobody knows.
    `link_count`: how many tracked links the mail shows.
    """
    signs = {each.id: _own_sign(each, accepted_at, is_leaving=is_leaving) for each in clicks}
    for each in _all_at_once(clicks, link_count):
        signs[each.id] = signs[each.id] or Sign.ALL_LINKS
    machines = [each for each in clicks if signs[each.id]]
    for each in clicks:
        if not signs[each.id] and any(_is_same_visit(each, other) for other in machines):
            signs[each.id] = Sign.SAME_SOURCE
    return {id_: Label(Visitor.MACHINE, sign) if sign else PERSON for id_, sign in signs.items()}


def _own_sign(click: Click, accepted_at: datetime | None, *, is_leaving: bool) -> Sign | None:
    """What the request alone tells."""
    if click.method == "HEAD":
        return Sign.HEAD
    if is_leaving or (accepted_at is not None and click.clicked_at - accepted_at < EARLY):
        return Sign.TOO_EARLY
    if click.network:
        return Sign.NETWORK
    return Sign.AGENT if is_program(click.user_agent) else None


def _all_at_once(clicks: Sequence[Click], link_count: int) -> list[Click]:
    """Clicks within seconds on every link of the mail, or on so many that nobody reads that fast."""
    found: dict[int, Click] = {}
    for first in clicks:
        for window, enough in ((BURST, max(link_count, ALL_LINKS)), (MANY, MANY_LINKS)):
            near = [each for each in clicks if timedelta() <= each.clicked_at - first.clicked_at <= window]
            if len({each.position for each in near}) >= enough:
                found |= {each.id: each for each in near}
    return list(found.values())


def _is_same_visit(click: Click, other: Click) -> bool:
    is_near = abs(click.clicked_at - other.clicked_at) <= SOURCE_WINDOW
    return is_near and bool(click.source_hash) and click.source_hash == other.source_hash
