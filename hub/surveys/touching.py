"""Noting that a link was touched: a GET or HEAD is kept and never counts."""

from datetime import datetime, timedelta

from sqlalchemy import text

from hub.core.db import fetch_alone
from hub.core.errors import TooMany
from hub.core.text import N_
from hub.surveys.links import guess_token, read_token
from hub.surveys.queries import READ, SurveyPage, page_of
from hub.surveys.rules import BOXES, Source
from hub.surveys.words import TouchLabel, TouchMethod, TouchReason

LOOKED_AT = BOXES | {"thanks"}

TOO_MANY = N_("Too many requests in a short time. Please wait a moment and try again.")
MOST_A_MINUTE = 120
"""Touches of one invitation: a link that is hammered fills no table and is not read any more."""

# One round trip: the touch is kept and the page's values come back. A mangled token is noted on the invitation it was
# made from, as long as there is one.
NOTE = """
    INSERT INTO touches (invitation_id, choice, method, label, reason, source_hash, user_agent, touched_at, happened_at)
    SELECT (SELECT id FROM invitations WHERE id = :touched_id), :choice, :method, :label, :reason, :source_hash,
           :user_agent, :machine_now, :now
"""
RECENT = """
    SELECT count(*) AS number FROM (
        SELECT 1 FROM touches WHERE invitation_id = :touched_id AND touched_at > :minute_ago LIMIT :most
    ) AS latest
"""
ALLOWED = "FROM recent WHERE recent.number < :most"
SEEN = "SELECT page.*, recent.number AS recent_count FROM recent LEFT JOIN page ON true"
TOUCH_AND_READ = text(f"WITH recent AS ({RECENT}), touch AS ({NOTE} {ALLOWED}), page AS ({READ}) {SEEN}")
TOUCH = text(f"{NOTE} RETURNING id")


def touch_and_read(
    token: str, *, choice: str, method: TouchMethod, source: Source, now: datetime, machine_now: datetime
) -> SurveyPage | None:
    """Keep the touch (any GET or HEAD; it proves nothing) and return the page, or None for a mangled token.

    A transaction of its own: there is nothing else to say in it. Raises TooMany for an invitation touched more than
    120 times in a minute.
    """
    invitation_id = read_token(token)
    is_mangled = invitation_id is None or choice not in LOOKED_AT
    label, reason = _judge(method, source, is_mangled=is_mangled)
    row = fetch_alone(
        TOUCH_AND_READ,
        {
            "invitation_id": invitation_id,
            "touched_id": guess_token(token) if invitation_id is None else invitation_id,
            "choice": choice[:20],
            "method": method.value,
            "label": label.value,
            "reason": reason.value,
            "source_hash": source.hash,
            "user_agent": source.user_agent,
            "machine_now": machine_now,
            "now": now,
            "minute_ago": machine_now - timedelta(minutes=1),
            "most": MOST_A_MINUTE,
        },
    )
    if row is None or row["id"] is None:
        return None
    if row["recent_count"] >= MOST_A_MINUTE:
        raise TooMany(TOO_MANY)
    return page_of(row)


def note_footer_touch(
    link: str, *, method: TouchMethod, source: Source, now: datetime, machine_now: datetime
) -> None:
    """A link below the mail was fetched: who fetches it together with a box fetches everything. Own transaction."""
    values = {
        "touched_id": None,
        "choice": link[:20],
        "method": method.value,
        "label": TouchLabel.FOOTER.value,
        "reason": TouchReason.FOOTER.value,
        "source_hash": source.hash,
        "user_agent": source.user_agent,
        "machine_now": machine_now,
        "now": now,
    }
    fetch_alone(TOUCH, values)


def _judge(method: TouchMethod, source: Source, *, is_mangled: bool) -> tuple[TouchLabel, TouchReason]:
    """What can be said at once; the rest is judged when the minute is over."""
    if is_mangled:
        return TouchLabel.MANGLED, TouchReason.MANGLED
    if source.is_filter:
        return TouchLabel.MACHINE, TouchReason.FILTER_RANGE
    if method is TouchMethod.HEAD:
        return TouchLabel.MACHINE, TouchReason.HEAD
    if source.is_ahead:
        return TouchLabel.SINGLE, TouchReason.PREFETCH
    return TouchLabel.UNKNOWN, TouchReason.NOT_JUDGED
