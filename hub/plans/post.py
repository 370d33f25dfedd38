"""Letters by post: who gets one, and the file for the mailing house, fetched once and again."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.customers.models import Customer
from hub.customers.objecting import list_objecting
from hub.customers.queries import CustomerRow, get_customers
from hub.loyalty import giving
from hub.loyalty.rows import GivenCode
from hub.outbox.promo_codes import values_of
from hub.plans.models import Enrolment, PostalFile, PostalRow, StepRun
from hub.plans.passage import Passage
from hub.plans.queries import get_plan_id
from hub.plans.still import still_counts
from hub.plans.words import ExitReason, Skip, StepOutcome
from hub.segments.saved.tables import write_lines
from hub.stores.queries import ChainRow, get_chain

WAITS_DAYS = 30
"""A letter that nobody fetched for so long is not sent stale."""
SHOWN = 20
COLUMNS = (
    "reference", "title", "first_name", "last_name", "company", "street", "postcode", "town", "country", "language",
    "code", "code_terms", "code_ends_on",
)  # fmt: skip
ROW = ("plan_id", "name", "enrolment_id", "step_key", "customer_id", "added_at", "ends_at")
ADD = (
    insert(table_of(PostalRow))
    .from_select(ROW, select(*given_rows(table_of(PostalRow), ROW).c))
    .on_conflict_do_nothing()
)


@dataclass(frozen=True)
class WaitingRow:
    """Letters of one name that no file holds yet."""

    name: str
    count: int


@dataclass(frozen=True)
class PostFileRow:
    id: int
    name: str
    made_at: datetime
    made_by_id: int | None
    row_count: int


def has_full_address(person: CustomerRow) -> bool:
    """Whether a letter would arrive: somebody's name, street, post code and town."""
    name = person.last_name or person.company
    return bool(name and person.street and person.postcode and person.town and not person.is_erased)


FULL_ADDRESS = (
    or_(Customer.last_name != "", Customer.company != ""),
    Customer.street != "",
    Customer.postcode != "",
    Customer.town != "",
    Customer.erased_at.is_(None),
)
"""The same as SQL."""


def add_letters(passages: Sequence[Passage], *, now: datetime) -> None:
    """A letter each, but for those without a full address, and those who object to advertising."""
    lost = _list_lost({passage.customer.id for passage in passages})
    rows = []
    for passage in passages:
        if reason := lost.get(passage.customer.id):
            passage.skip(reason)
        else:
            rows.append(_row(passage, now))
    if rows:
        db.session.execute(ADD, rows_given(rows))


def _row(passage: Passage, now: datetime) -> dict[str, Any]:
    return {
        "plan_id": passage.enrolment.plan_id,
        "name": str(passage.step.details["name"]),
        "enrolment_id": passage.enrolment.id,
        "step_key": passage.step.key,
        "customer_id": passage.customer.id,
        "added_at": now,
        "ends_at": now + timedelta(days=WAITS_DAYS),
    }


def list_waiting(plan_key: str, *, now: datetime) -> list[WaitingRow]:
    """Letters that the next file of each name will hold: none for who could not get it any more."""
    found = (
        select(PostalRow.name, PostalRow.customer_id)
        .join(Enrolment, Enrolment.id == PostalRow.enrolment_id)
        .join(Customer, Customer.id == PostalRow.customer_id)
        .where(PostalRow.plan_id == get_plan_id(plan_key), PostalRow.file_id.is_(None))
        .where(still_counts(PostalRow, PostalRow.added_at, now=now), *FULL_ADDRESS)
    )
    rows = db.session.execute(found).all()
    objecting = list_objecting(
        {row.customer_id for row in rows}
    )  # a block is a keyed hash: SQL cannot find its owner
    counts = Counter(row.name for row in rows if row.customer_id not in objecting)
    return [WaitingRow(*each) for each in sorted(counts.items())]


def _list_lost(customer_ids: Collection[int]) -> dict[int, Skip]:
    """Who cannot get a letter, and why."""
    people = get_customers(customer_ids)
    lost = dict.fromkeys(list_objecting(people), Skip.OBJECTS)
    homeless = (each for each, person in people.items() if not has_full_address(person))
    return lost | dict.fromkeys(homeless, Skip.NO_ADDRESS)


def list_post_files(plan_key: str) -> list[PostFileRow]:
    """Those that were fetched, the latest first."""
    f = PostalFile
    found = select(f.id, f.name, f.made_at, f.made_by_id, f.row_count).where(
        f.plan_id == get_plan_id(plan_key)
    )
    return [PostFileRow(*row) for row in db.session.execute(found.order_by(f.id.desc()).limit(SHOWN))]


def make_post_file(plan_key: str, name: str, *, by: Actor, now: datetime) -> int:
    """Put the letters that wait into a file, which marks them as fetched and their codes as seen. Returns how many.

    Who has bought or left since is left out; whoever moved to no known address or objected gets none for good, and his
    step says so. No file is made for nobody.
    """
    plan_id = get_plan_id(plan_key)
    waiting = db.session.execute(_waiting(plan_id, name, now)).all()
    lost = _list_lost({row.customer_id for row in waiting})
    _take_off([row for row in waiting if row.customer_id in lost], lost)
    ready = [row for row in waiting if row.still_counts and row.customer_id not in lost]
    if not ready:
        return 0
    file = PostalFile(plan_id=plan_id, name=name, made_at=now, made_by_id=by.agent_id, row_count=len(ready))
    db.session.add(file)
    db.session.flush()
    chosen = among(PostalRow.id, [row.id for row in ready])
    db.session.execute(update(PostalRow).where(chosen).values(file_id=file.id))
    codes = [row.values["code"] for row in ready if row.values.get("code")]
    giving.mark_sent([code["reference"] for code in codes if _is_good(code, now)], now=now)
    _note("plan.post_made", plan_id, by=by, now=now, name=name, file_id=file.id, count=len(ready))
    return len(ready)


def _take_off(rows: Sequence[Any], lost: Mapping[int, Skip]) -> None:
    """These letters are never written: the step that asked for them was skipped after all."""
    for reason in (Skip.NO_ADDRESS, Skip.OBJECTS):
        mine = [row.id for row in rows if lost[row.customer_id] is reason]
        if mine:
            letter = among(PostalRow.id, mine)
            asked = (StepRun.enrolment_id == PostalRow.enrolment_id, StepRun.step_key == PostalRow.step_key)
            skipped = update(StepRun).values(outcome=StepOutcome.SKIPPED, reason=reason).where(letter, *asked)
            db.session.execute(skipped.execution_options(synchronize_session=False))
            db.session.execute(delete(PostalRow).where(letter).execution_options(synchronize_session=False))


def _waiting(plan_id: int, name: str, now: datetime) -> Any:
    """Locked, so that two who fetch at once get each letter once."""
    counts = still_counts(PostalRow, PostalRow.added_at, now=now).label("still_counts")
    return (
        select(PostalRow.id, PostalRow.customer_id, Enrolment.values, counts)
        .join(Enrolment, Enrolment.id == PostalRow.enrolment_id)
        .where(PostalRow.plan_id == plan_id, PostalRow.name == name, PostalRow.file_id.is_(None))
        .order_by(PostalRow.id)
        .with_for_update(of=PostalRow)
    )


def hand_out_post(plan_key: str, file_id: int, *, by: Actor, now: datetime) -> tuple[str, str]:
    """Name and content of a file, with its line in the audit trail. Who was erased since is in it no more. Raises NotFound."""
    file = db.session.get(PostalFile, file_id)
    if file is None or file.plan_id != get_plan_id(plan_key):
        raise NotFound(N_("This file does not exist. Please reload the page."))
    found = (
        select(PostalRow.id, PostalRow.customer_id, Enrolment.values)
        .join(Enrolment, Enrolment.id == PostalRow.enrolment_id)
        .where(PostalRow.file_id == file_id)
        .order_by(PostalRow.id)
    )
    rows = db.session.execute(found).all()
    people = get_customers({row.customer_id for row in rows})
    kept = [row for row in rows if not people[row.customer_id].is_erased]
    text = "\ufeff" + write_lines([COLUMNS, *_letters(kept, people, made_at=file.made_at)])
    _note(
        "plan.post_exported", file.plan_id, by=by, now=now, name=file.name, file_id=file_id, count=len(kept)
    )
    return file.name, text


def _letters(
    rows: Sequence[Any], people: Mapping[int, CustomerRow], *, made_at: datetime
) -> Iterator[list[object]]:
    chain = get_chain()
    for row in rows:
        person = people[row.customer_id]
        yield [
            row.id, person.title.value if person.title else "", person.first_name, person.last_name, person.company,
            person.street, person.postcode, person.town, person.country, person.language.value,
            *_code_cells(row.values.get("code"), person, chain, made_at),
        ]  # fmt: skip


def _code_cells(
    code: Mapping[str, Any] | None, person: CustomerRow, chain: ChainRow, made_at: datetime
) -> tuple[str, str, str]:
    """The code that the plan gave before, unless it had ended when the file was made."""
    if not code or not _is_good(code, made_at):
        return "", "", ""
    ends_at = datetime.fromisoformat(code["ends_at"])
    given = GivenCode(code["code"], ends_at, code["percent"], code["cents"])
    words = values_of(given, chain, person.language)
    return words["promo_code"], words["promo_terms"], words["promo_ends_on"]


def _is_good(code: Mapping[str, Any], at: datetime) -> bool:
    return datetime.fromisoformat(code["ends_at"]) > at


def list_shown_codes(enrolment_ids: Collection[int]) -> dict[int, bool]:
    """Of passages those whose code a letter shows: True when it was fetched, False while it still may be."""
    rows = db.session.execute(
        select(PostalRow.enrolment_id, PostalRow.file_id.is_not(None))
        .join(Enrolment, Enrolment.id == PostalRow.enrolment_id)
        .where(among(PostalRow.enrolment_id, enrolment_ids))
        .where(
            or_(
                PostalRow.file_id.is_not(None),
                Enrolment.exit_reason.is_(None),
                Enrolment.exit_reason == ExitReason.COMPLETED,
            )
        )
    )
    found: dict[int, bool] = {}
    for enrolment_id, is_fetched in rows:
        found[enrolment_id] = is_fetched or found.get(enrolment_id, False)
    return found


def _note(action: str, plan_id: int, *, by: Actor, now: datetime, **data: Any) -> None:
    note_change(action, subject_kind="plan", subject_id=plan_id, by=by, now=now, **data)
