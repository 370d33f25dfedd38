"""Digests as they were told, each to the person it was made for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics.digest.periods import Round, find_latest
from hub.statistics.digest.readers import period_of, territory_of_chain
from hub.statistics.models import Digest
from hub.statistics.words import Period
from hub.stores.queries import get_chain

LISTED = 24


@dataclass(frozen=True)
class DigestView:
    """One digest: what it is about, its figures and its things to look at (`hub/statistics/digest/writing.py`)."""

    id: int
    agent_id: int
    period: Period
    since_on: date
    until_on: date
    made_at: datetime
    content: Mapping[str, Any]


def get_digest(digest_id: int) -> DigestView:
    """For the house itself, which mails it. Raises NotFound."""
    row = db.session.get(Digest, digest_id)
    if row is None:
        raise NotFound(N_("This digest does not exist. Please go back to the latest one."))
    return _view(row)


def list_own(viewer: Viewer) -> list[DigestView]:
    """The newest first, two years of months."""
    return [_view(row) for row in db.session.scalars(_own(viewer).limit(LISTED))]


def find_newest(viewer: Viewer) -> DigestView | None:
    """The person's latest one, if there is any."""
    row = db.session.scalar(_own(viewer).limit(1))
    return _view(row) if row else None


def _own(viewer: Viewer) -> Select[Digest]:
    """The person's own, of places that are still the person's: who moved to another store leaves the old one's digests behind.

    One from before its stores were kept is read by who sees the chain.
    """
    found = select(Digest).where(Digest.agent_id == viewer.agent_id)
    if not viewer.scope.is_everything:
        stores = Digest.content["stores"]
        mine = literal(sorted(viewer.scope.store_ids), JSONB)
        found = found.where(func.jsonb_typeof(stores) == "array", stores.contained_by(mine))
    return found.order_by(Digest.until_on.desc(), Digest.id.desc())


def access_digest(digest_id: int, viewer: Viewer) -> DigestView:
    """One of the person's own. Raises NotFound for any other."""
    row = db.session.scalar(_own(viewer).where(Digest.id == digest_id))
    if row is None:
        raise NotFound(N_("This digest does not exist. Please go back to the latest one."))
    return _view(row)


def find_own_round(viewer: Viewer, now: datetime) -> Round:
    """The days that the person's next digest on the page would be about."""
    return find_latest(
        period_of(viewer.role), now, time_zone=get_chain().time_zone, territory=territory_of_chain()
    )


def _view(row: Digest) -> DigestView:
    return DigestView(row.id, row.agent_id, row.period, row.since_on, row.until_on, row.made_at, row.content)
