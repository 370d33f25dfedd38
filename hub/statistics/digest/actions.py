"""Makes a digest and keeps it: one a person and period, told once."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.core.facts import record
from hub.staff.rules import Viewer
from hub.statistics.digest.gathering import gather
from hub.statistics.digest.periods import Round, find_latest
from hub.statistics.digest.readers import about, period_of, territory_of_chain
from hub.statistics.digest.writing import write_down
from hub.statistics.facts import DigestMade
from hub.statistics.models import Digest
from hub.stores.queries import get_chain

KEY = ("agent_id", "period", "since_on")


def compose(viewer: Viewer, found: Round, *, now: datetime) -> dict[str, Any]:
    """The content of this person's digest for these days, with the stores it tells of (None: the chain), by which it is read."""
    what = about(viewer, found)
    gathered = gather(what.filters, found.period, viewer=viewer, now=now)
    written = write_down(gathered, name=what.name, store_code=what.store_code)
    return written | {"stores": None if viewer.scope.is_everything else sorted(viewer.scope.store_ids)}


def keep_and_tell(agent_id: int, found: Round, content: dict[str, Any], *, now: datetime) -> bool:
    """Keep it and have it mailed (fact DigestMade), unless this was done before: a second run tells nobody again."""
    values = _row(agent_id, found, content, now) | {"told_at": now}
    statement = insert(Digest).values(values)
    anew = {name: statement.excluded[name] for name in ("content", "made_at", "told_at")}
    told = db.session.scalar(
        statement.on_conflict_do_update(
            index_elements=KEY, set_=anew, where=Digest.told_at.is_(None)
        ).returning(Digest.id)
    )
    if told is not None:
        record(DigestMade(digest_id=told, agent_id=agent_id), now=now)
    return told is not None


def make_own(viewer: Viewer, *, now: datetime) -> None:
    """The digest of the last week or month for whoever asks for it on the page; nothing is mailed."""
    time_zone, territory = get_chain().time_zone, territory_of_chain()
    found = find_latest(period_of(viewer.role), now, time_zone=time_zone, territory=territory)
    content = compose(viewer, found, now=now)
    statement = insert(Digest).values(_row(viewer.agent_id, found, content, now))
    db.session.execute(statement.on_conflict_do_nothing(index_elements=KEY))


def _row(agent_id: int, found: Round, content: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "agent_id": agent_id,
        "period": found.period,
        "since_on": found.since_on,
        "until_on": found.until_on,
        "content": content,
        "made_at": now,
    }
