"""Makes the states of consent anew from the ledger, or tells where they differ."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, except_, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on, insert

from hub.core.db import db
from hub.customers.erasing import ERASED
from hub.customers.models import ConsentEntry, ConsentState
from hub.customers.words import ConsentAction

KEY = ("address_kind", "address", "channel", "purpose", "theme")
COLUMNS = (*KEY, "action", "legal_basis", "entry_id", "happened_at")


@dataclass(frozen=True)
class Rebuilt:
    """States the ledger asks for, those that were missing or wrong, and those without an entry behind them."""

    total_count: int
    missing_count: int
    extra_count: int

    @property
    def is_same(self) -> bool:
        return not self.missing_count and not self.extra_count


def compare_consents() -> Rebuilt:
    """How far the states are from the ledger; changes nothing."""
    return Rebuilt(
        _count(_expected()), _count(except_(_expected(), _found())), _count(except_(_found(), _expected()))
    )


def rebuild_consents() -> Rebuilt:
    """Bring the states to what the ledger says. Nobody records while it runs. Returns what had differed."""
    db.session.execute(text("LOCK TABLE consent_states IN SHARE ROW EXCLUSIVE MODE"))
    found = compare_consents()
    if not found.is_same:
        expected = _expected().subquery()
        is_right = select(expected.c.entry_id).where(
            *(getattr(ConsentState, name) == expected.c[name] for name in COLUMNS)
        )
        db.session.execute(delete(ConsentState).where(~is_right.correlate(ConsentState).exists()))
        db.session.execute(
            insert(ConsentState).from_select(COLUMNS, _expected()).on_conflict_do_nothing(index_elements=KEY)
        )
    return found


def _expected() -> Select[Any]:
    """The later entry wins, at the same moment a withdrawal, then the one told later; what was erased has no state."""
    entry = ConsentEntry
    key = [getattr(entry, name) for name in KEY]
    return (
        select(*key, entry.action, entry.legal_basis, entry.id.label("entry_id"), entry.happened_at)
        .where(~entry.address.startswith(ERASED))
        .ext(distinct_on(*key))
        .order_by(
            *key,
            entry.happened_at.desc(),
            (entry.action == ConsentAction.WITHDRAWN).desc(),
            entry.id.desc(),
        )
    )


def _found() -> Select[Any]:
    return select(*(getattr(ConsentState, name) for name in COLUMNS))


def _count(statement: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
