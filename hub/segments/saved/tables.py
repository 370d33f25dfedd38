"""Members as lines of a table, and as hashed addresses for advertising networks."""

import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from hub.core.batches import among
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.contactability import get_suppressed
from hub.customers.models import Address, ConsentState, Customer
from hub.customers.properties import list_definitions
from hub.customers.queries import get_customers
from hub.customers.rules import show_phone
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.segments.saved.queries import next_ids
from hub.segments.saved.rows import SegmentRow
from hub.segments.values.models import CustomerScore
from hub.segments.words import FileKind
from hub.stores.queries import get_stores

CHUNK = 1_000
DANGEROUS = ("\t", "\r", "\n")
BEGINNING = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Also behind blanks, which some programs leave out as they read, and in the width of East Asia."""
COLUMNS = (
    "id", "title", "first_name", "last_name", "email", "phone", "postcode", "town", "country", "company", "birth_on",
    "language", "store", "loyalty_card", "stage", "rfm", "tier", "order_count", "value",
)  # fmt: skip
WAYS = {AddressKind.MAIL: Channel.EMAIL, AddressKind.PHONE: Channel.SMS}
"""By which channel the consent for advertising must have been given, for a hash of that address."""
GOOGLE_MAIL = frozenset({"gmail.com", "googlemail.com"})


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, "CSV injection"). Numbers stay numbers, as France writes them."""
    if isinstance(value, float):
        return str(value).replace(".", ",")
    text = "" if value is None else str(value)
    if not isinstance(value, str):
        return text
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(BEGINNING) else text


def write_table(row: SegmentRow, *, now: datetime, seconds: int) -> Iterator[tuple[str, int]]:
    """CSV as French spreadsheets expect (semicolons, byte order mark), a chunk at a time with its count of people."""
    keys = [each.key for each in list_definitions()]
    yield "\ufeff" + write_lines([[*COLUMNS, *keys]]), 0
    for ids in _chunks(row, now=now, seconds=seconds):
        yield write_lines(_people(ids, keys)), len(ids)


def _chunks(row: SegmentRow, *, now: datetime, seconds: int) -> Iterator[Sequence[int]]:
    after_id = 0
    while ids := next_ids(row, after_id, CHUNK, now=now, seconds=seconds):
        yield ids
        after_id = ids[-1]


def write_lines(rows: Iterable[Sequence[object]], separator: str = ";") -> str:
    """CSV, each cell safe in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _people(ids: Sequence[int], keys: Sequence[str]) -> Iterator[list[object]]:
    people = get_customers(ids)
    own = {row.id: row for row in db.session.execute(_own(ids))}
    scores = get_scores(ids)
    stores = get_stores({each.preferred_store_id for each in people.values() if each.preferred_store_id})
    for each in (people[one] for one in ids if one in people):
        mine, score, store = own[each.id], scores.get(each.id), stores.get(each.preferred_store_id or 0)
        yield [
            each.id, each.title.value if each.title else "", each.first_name, each.last_name, each.mail or "",
            show_phone(each.phone) if each.phone else "", each.postcode, mine.town, each.country, each.company,
            each.birth_on.isoformat() if each.birth_on else "", each.language.value, store.code if store else "",
            each.loyalty_card or "", *_score_cells(score), *(_cell(mine.properties.get(key)) for key in keys),
        ]  # fmt: skip


def _own(ids: Sequence[int]) -> Any:
    return select(Customer.id, Customer.town, Customer.properties).where(among(Customer.id, ids))


def get_scores(ids: Collection[int]) -> dict[int, Any]:
    """Stage, named segment, tier, orders and value of these customers; who has no row yet is left out."""
    score = CustomerScore
    columns = (
        score.customer_id,
        score.stage,
        score.rfm_segment,
        score.tier,
        score.order_count,
        score.historic_cents,
    )
    found = db.session.execute(select(*columns).where(among(score.customer_id, ids)))
    return {row.customer_id: row for row in found}


def _score_cells(score: Any) -> list[object]:
    if score is None:
        return ["", "", "", 0, "0,00"]
    named = score.rfm_segment.value if score.rfm_segment else ""
    return [
        score.stage.value,
        named,
        score.tier or "",
        score.order_count,
        f"{score.historic_cents / 100:.2f}".replace(".", ","),
    ]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def write_audience(
    row: SegmentRow, kind: FileKind, *, now: datetime, seconds: int
) -> Iterator[tuple[str, int]]:
    """One line a customer: SHA-256 of the mail address and of the phone, as the network writes them before hashing.

    Only addresses whose owner agreed to advertising on that channel (a consent, not a purchase), none that is blocked;
    customers without any are left out.
    """
    yield audience_head(kind), 0
    for ids in _chunks(row, now=now, seconds=seconds):
        yield hash_people(ids, kind)


def audience_head(kind: FileKind) -> str:
    """The first line of a hashed file, as the network wants it."""
    return write_lines([["email", "phone"] if kind is FileKind.META else ["Email", "Phone"]], ",")


def hash_people(ids: Collection[int], kind: FileKind) -> tuple[str, int]:
    """The lines of these customers, and how many of them have one: who did not agree, or is blocked, has none."""
    lines = _hashed(ids, kind)
    return write_lines(lines, ","), len(lines)


def _hashed(ids: Collection[int], kind: FileKind) -> list[tuple[str, str]]:
    agreed = db.session.execute(_agreed(ids)).all()
    blocked = get_suppressed({row.value for row in agreed})
    found: dict[int, dict[AddressKind, str]] = {}
    for row in agreed:
        if row.value not in blocked and f"{row.value}|{Purpose.PROMOTION.value}" not in blocked:
            found.setdefault(row.customer_id, {}).setdefault(row.kind, row.value)
    return [
        (_hash_mail(mine.get(AddressKind.MAIL), kind), _hash_phone(mine.get(AddressKind.PHONE), kind))
        for _, mine in sorted(found.items())
    ]


def _agreed(ids: Collection[int]) -> Any:
    state = ConsentState
    ways = [
        and_(Address.kind == kind, state.address_kind == kind, state.channel == way)
        for kind, way in WAYS.items()
    ]
    joined = and_(
        state.address == Address.value,
        state.purpose == Purpose.PROMOTION,
        state.theme == "",
        state.action == ConsentAction.GIVEN,
        state.legal_basis == LegalBasis.CONSENT,
        ways[0] | ways[1],
    )
    return (
        select(Address.customer_id, Address.kind, Address.value)
        .join(state, joined)
        .where(among(Address.customer_id, ids), Address.unconfirmed_since.is_(None))
        .order_by(Address.customer_id, Address.kind, Address.is_primary.desc(), Address.id)
    )


def _hash_mail(mail: str | None, kind: FileKind) -> str:
    """Both want it trimmed and in small letters; Google also without dots and +suffix before gmail.com."""
    if not mail:
        return ""
    plain = mail.strip().lower()
    name, _, domain = plain.rpartition("@")
    if kind is FileKind.GOOGLE and domain in GOOGLE_MAIL:
        plain = f"{name.partition('+')[0].replace('.', '')}@{domain}"
    return _sha256(plain)


def _hash_phone(phone: str | None, kind: FileKind) -> str:
    """Kept as E.164. Meta wants country code and digits alone, Google the plus before them."""
    if not phone:
        return ""
    digits = re.sub(r"\D", "", phone)
    return _sha256(digits if kind is FileKind.META else f"+{digits}")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
