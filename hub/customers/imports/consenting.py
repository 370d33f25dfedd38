"""The consents of a batch of rows entered into the ledger at once, with their proof, as `record_consent` enters one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from hub.core import facts
from hub.core.actor import Actor
from hub.core.db import db, ring_after_commit
from hub.core.words import Channel, Purpose
from hub.customers.facts import ConsentChanged
from hub.customers.imports.copying import copy_rows, draw_ids
from hub.customers.models import ConsentEntry
from hub.customers.words import AddressKind, ConsentAction, LegalBasis

COLUMNS = (
    "id",
    "address_kind",
    "address",
    "channel",
    "purpose",
    "theme",
    "action",
    "legal_basis",
    "wording",
    "wording_version",
    "collection_point",
    "actor_kind",
    "agent_id",
    "api_key_id",
    "evidence",
    "happened_at",
    "told_at",
    "recorded_at",
)
# The state of an address is its latest entry; of two at the same moment a withdrawal, then the one entered last.
PROJECT = text("""
    INSERT INTO consent_states AS state
        (address_kind, address, channel, purpose, theme, action, legal_basis, entry_id, happened_at)
    SELECT DISTINCT ON (address_kind, address, channel, purpose, theme)
        address_kind, address, channel, purpose, theme, action, legal_basis, id, happened_at
    FROM consent_entries WHERE id = ANY(:ids)
    ORDER BY address_kind, address, channel, purpose, theme, happened_at DESC, (action = 'withdrawn') DESC, id DESC
    ON CONFLICT (address_kind, address, channel, purpose, theme) DO UPDATE
    SET action = excluded.action, legal_basis = excluded.legal_basis, entry_id = excluded.entry_id,
        happened_at = excluded.happened_at
    WHERE (excluded.happened_at, excluded.action = 'withdrawn', excluded.entry_id)
        > (state.happened_at, state.action = 'withdrawn', state.entry_id)
    RETURNING entry_id
""")


@dataclass(frozen=True, kw_only=True)
class Saying:
    """A yes or no with its proof, of a customer we know."""

    customer_id: int
    kind: AddressKind
    address: str
    channel: Channel
    purpose: Purpose
    action: ConsentAction
    wording: str
    version: str
    point: str
    happened_at: datetime
    evidence: Mapping[str, Any]


def record_sayings(sayings: Sequence[Saying], *, by: Actor, now: datetime) -> list[int]:
    """Append them to the ledger and let the later ones be the state. Returns the ids in the order given.

    Nobody's suppression is lifted: only what a customer says himself does that.
    """
    if not sayings:
        return []
    ids = draw_ids(ConsentEntry, len(sayings))
    copy_rows(
        ConsentEntry,
        COLUMNS,
        (_entry(entry_id, each, by, now) for entry_id, each in zip(ids, sayings, strict=True)),
    )
    changed = set(db.session.scalars(PROJECT, {"ids": ids}))
    told = [
        _fact(entry_id, each, now) for entry_id, each in zip(ids, sayings, strict=True) if entry_id in changed
    ]
    if told:
        db.session.execute(facts.RECORD, {"rows": told})
        ring_after_commit(facts.BELL)
    return ids


def _fact(entry_id: int, each: Saying, now: datetime) -> dict[str, Any]:
    """Dated as it was said, like every change of a consent."""
    return {
        "kind": ConsentChanged.kind(),
        "customer_id": each.customer_id,
        "happened_at": min(each.happened_at, now).isoformat(),
        "data": {"entry_id": entry_id, "is_given": each.action is ConsentAction.GIVEN},
    }


def _entry(entry_id: int, each: Saying, by: Actor, now: datetime) -> list[Any]:
    return [
        entry_id,
        each.kind,
        each.address,
        each.channel,
        each.purpose,
        "",
        each.action,
        LegalBasis.CONSENT,
        each.wording,
        each.version,
        each.point,
        by.kind,
        by.agent_id,
        by.api_key_id,
        dict(each.evidence),
        min(each.happened_at, now),
        each.happened_at if each.happened_at > now else None,
        now,
    ]
