"""The most protective of two people's choices holds for all addresses of the one they became.

The ledger says what was said for an address, and a merge says nothing: it adds suppressions, which can be taken away again
and which the customer's own yes ends, as after an erasure.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.batches import among, table_of
from hub.core.db import db
from hub.core.words import Purpose
from hub.customers.consents import hash_of
from hub.customers.contactability import get_consent_states, list_suppressions
from hub.customers.inheriting import CHANNELS
from hub.customers.merging.journal import Journal
from hub.customers.models import Address, ContactChoice, Suppression
from hub.customers.rules import Said, choose_answer
from hub.customers.words import AddressKind, ConsentAction, SuppressionReason

Known = tuple[AddressKind, str]
Block = tuple[AddressKind, Purpose | None, SuppressionReason]
PERSONAL = frozenset(
    {
        SuppressionReason.COMPLAINT,
        SuppressionReason.STOP,
        SuppressionReason.REFUSED,
        SuppressionReason.STAFF,
    }
)
"""What is about the person; a bounce is about the address."""
CHOSEN = (Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.OPEN_MEASUREMENT)


def list_known(customer_id: int) -> list[Known]:
    """The addresses of a customer, in normal form."""
    found = select(Address.kind, Address.value).where(Address.customer_id == customer_id)
    return [(row.kind, row.value) for row in db.session.execute(found.order_by(Address.id))]


def protect(merge: Journal, theirs: Sequence[Known], ours: Sequence[Known]) -> None:
    """What one of the two had stopped is stopped for the other's addresses; the rarest rhythm, the longest pause."""
    for givers, takers in ((theirs, ours), (ours, theirs)):
        _pass_on(merge, givers, takers)
    _choose_rarest(merge, [*theirs, *ours])


def _pass_on(merge: Journal, givers: Sequence[Known], takers: Sequence[Known]) -> None:
    said = get_consent_states([value for _, value in (*givers, *takers)])
    blocks = _blocks_of(givers, said)
    for kind, value in takers:
        for of, purpose, reason in sorted(blocks, key=str):
            if of is kind and not _is_refused(said.get(value, []), kind, purpose):
                row = {
                    "address_hash": hash_of(value),
                    "purpose": purpose,
                    "reason": reason,
                    "created_at": merge.now,
                }
                merge.add(table_of(Suppression), row)


def _blocks_of(known: Iterable[Known], said: dict[str, list[Said]]) -> set[Block]:
    """What the addresses had refused, and what was suppressed for them as a person."""
    kinds = {value: kind for kind, value in known}
    blocks: set[Block] = {
        (kinds[value], purpose, reason)
        for value, purpose, reason, _since in list_suppressions(kinds)
        if reason in PERSONAL
    }
    for value, kind in kinds.items():
        for each in said.get(value, []):
            if (
                each.action is ConsentAction.WITHDRAWN
                and each.purpose in CHOSEN
                and _stands(said[value], each)
            ):
                blocks.add((kind, each.purpose, SuppressionReason.REFUSED))
    return blocks


def _stands(said: list[Said], each: Said) -> bool:
    return choose_answer(said, each.channel, each.purpose, each.theme) is ConsentAction.WITHDRAWN


def _is_refused(said: list[Said], kind: AddressKind, purpose: Purpose | None) -> bool:
    """Whether the address itself says no by every channel: nothing need be added."""
    if purpose is None:
        return False
    answers = [choose_answer(said, channel, purpose) for channel in CHANNELS[kind]]
    has_themes = any(each.purpose is purpose and each.theme for each in said)
    return not has_themes and all(answer is ConsentAction.WITHDRAWN for answer in answers)


def _choose_rarest(merge: Journal, known: Sequence[Known]) -> None:
    """One rhythm for all addresses of the person: the rarest of those chosen, paused as long as any of them."""
    choice = ContactChoice
    rows = list(
        db.session.execute(
            select(choice.id, choice.address, choice.cap_count, choice.cap_days, choice.paused_until).where(
                among(choice.address, [value for _, value in known])
            )
        )
    )
    if not rows:
        return
    wanted = _rarest(rows)
    chosen = {row.address: row for row in rows}
    for kind, value in known:
        row = chosen.get(value)
        if row is None:
            new = {"address_kind": kind, "address": value, "updated_at": merge.now, **wanted}
            merge.add(table_of(choice), new)
        elif any(getattr(row, name) != wanted[name] for name in wanted):
            table = table_of(choice)
            merge.change(table, table.c.id == row.id, {**wanted, "updated_at": merge.now})


def _rarest(rows: Sequence[Any]) -> dict[str, int | datetime | None]:
    capped = [row for row in rows if row.cap_count is not None and row.cap_days]
    rare = min(capped, key=lambda row: (row.cap_count / row.cap_days, row.id), default=None)
    pauses = [row.paused_until for row in rows if row.paused_until is not None]
    return {
        "cap_count": rare.cap_count if rare else None,
        "cap_days": rare.cap_days if rare else None,
        "paused_until": max(pauses, default=None),
    }
