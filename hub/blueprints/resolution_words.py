"""Resolution, backlog and dropped waits in the reader's words."""

from datetime import datetime

from flask_babel import gettext

from hub.core.text import N_
from hub.inbox.words import DropReason
from hub.statistics.resolution import Resolution

MINUTE, HOUR, DAY = 60, 3600, 86_400
DROPPED = {
    DropReason.SOLVED_WITHOUT_REPLY: N_("Solved without a reply"),
    DropReason.MERGED: N_("Merged into another ticket"),
    DropReason.SPAM: N_("Spam"),
    DropReason.WITHDRAWN: N_("Survey answer withdrawn"),
}


def elapsed(seconds: float | None) -> str:
    """`42 min`, `3 h 05`, `2 d 4 h`, day and night; a dash when nothing was measured."""
    if seconds is None:
        return "–"
    if seconds < HOUR:
        return str(gettext("%(minutes)s min", minutes=round(seconds / MINUTE)))
    if seconds < DAY:
        minutes = int(seconds) // MINUTE
        return str(gettext("%(hours)s h %(minutes)s", hours=minutes // 60, minutes=f"{minutes % 60:02d}"))
    hours = round(seconds / HOUR)
    return str(gettext("%(days)s d %(hours)s h", days=hours // 24, hours=hours % 24))


def oldest(found: Resolution, now: datetime) -> str:
    """How long the customer who waits longest has waited by now."""
    return elapsed((now - found.oldest_since).total_seconds() if found.oldest_since else None)
