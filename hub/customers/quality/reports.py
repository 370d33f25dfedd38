"""The reports on the base: which customers have which fault, counted, listed page by page."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, bindparam, func, select, text

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.hygiene.checking import check_row
from hub.customers.hygiene.domains import find_meant
from hub.customers.hygiene.findings import Field, FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.names import proper_case
from hub.customers.listed import is_listed
from hub.customers.models import Address, Customer
from hub.customers.words import AddressKind

PAGE_SIZE = 50
EXPORT_PAGE = 1000
DOMAINS = "mistyped_domains"
_LETTERS = "[[:alpha:]].*[[:alpha:]]"


@dataclass(frozen=True)
class Report:
    """One fault. `sql` is a condition over customers; it may use :inactive (a moment) and :mistyped (mail domains)."""

    key: str
    title: str
    why: str
    sql: str
    is_repairable: bool = False


def _has_address(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM addresses a WHERE a.customer_id = customers.id AND {condition})"  # noqa: S608 - ours


def _is_one_case(column: str) -> str:
    """Of a writing that has capitals: Arabic, Chinese or Hebrew names have no case to be mended."""
    has_case = f"upper({column}) <> lower({column})"
    is_one = f"({column} = upper({column}) OR {column} = lower({column}))"
    return f"({column} ~ '{_LETTERS}' AND {has_case} AND {is_one})"


REPORTS: tuple[Report, ...] = (
    Report(
        DOMAINS,
        N_("Mistyped mail domains"),
        N_(
            "The part after the @ looks like a known one with a slip. Messages do not arrive, or reach a stranger."
        ),
        _has_address("a.kind = 'mail' AND split_part(a.value, '@', 2) = ANY(:mistyped)"),
        is_repairable=True,
    ),
    Report(
        "name_case",
        N_("Names in capitals or small letters"),
        N_("A letter that begins with DUPONT or dupont looks careless."),
        f"({_is_one_case('first_name')} OR {_is_one_case('last_name')})",
        is_repairable=True,
    ),
    Report(
        "bounced",
        N_("Addresses that bounced"),
        N_(
            "A message came back for good. The customer is reached by nothing else until the address is corrected."
        ),
        "EXISTS (SELECT 1 FROM outbound_messages m JOIN addresses a ON a.customer_id = customers.id"
        " AND a.value = m.recipient WHERE m.customer_id = customers.id AND m.state = 'bounced')",
    ),
    Report(
        "invalid_mails",
        N_("Invalid mail addresses"),
        N_("Kept from an old system, and no server will take them."),
        _has_address(
            "a.kind = 'mail' AND a.value !~ '^[^@[:space:]]+@[^@[:space:].]+([.][^@[:space:].]+)+$'"
        ),
    ),
    Report(
        "invalid_phones",
        N_("Invalid phone numbers"),
        N_("Too short, too long or without a country: a text message cannot leave."),
        _has_address(
            "a.kind = 'phone' AND (a.value !~ '^[+][1-9][0-9]{6,14}$'"
            " OR (a.value LIKE '+33%' AND a.value !~ '^[+]33[1-9][0-9]{8}$'))"
        ),
    ),
    Report(
        "duplicates",
        N_("Possible duplicates"),
        N_("Two customers look like one. Each gets half the story, and every message twice."),
        "EXISTS (SELECT 1 FROM customer_pairs p WHERE p.state = 'open'"
        " AND (p.left_id = customers.id OR p.right_id = customers.id))",
    ),
    Report(
        "no_name",
        N_("Without a name"),
        N_("Neither a name nor a company: letters begin with a bare greeting."),
        "first_name = '' AND last_name = '' AND company = ''",
    ),
    Report(
        "no_address",
        N_("Without any address"),
        N_("Neither mail nor phone: nobody can reach them."),
        "NOT EXISTS (SELECT 1 FROM addresses a WHERE a.customer_id = customers.id)",
    ),
    Report(
        "no_postcode",
        N_("Without a post code"),
        N_("The nearest store, quiet hours overseas and letters depend on it."),
        "postcode = ''",
    ),
    Report(
        "never_opened",
        N_("Never opened, never clicked"),
        N_("At least five mails arrived, and none was opened (where that is measured) or clicked."),
        "(SELECT count(*) FROM outbound_messages m WHERE m.customer_id = customers.id AND m.channel = 'email'"
        " AND m.accepted_at IS NOT NULL) >= 5 AND NOT EXISTS (SELECT 1 FROM outbound_messages m"
        " LEFT JOIN link_clicks k ON k.message_id = m.id AND k.label = 'human'"
        " LEFT JOIN message_openings o ON o.message_id = m.id AND o.opener = 'program'"
        " WHERE m.customer_id = customers.id AND (k.id IS NOT NULL OR o.message_id IS NOT NULL))",
    ),
    Report(
        "inactive",
        N_("Inactive"),
        N_("No order, ticket, answer or click for the months set below."),
        "last_active_at < :inactive",
    ),
)
BY_KEY: Mapping[str, Report] = {report.key: report for report in REPORTS}
EVERYBODY = "customers"
PARTS = (EVERYBODY, *BY_KEY)
"""What an audit counts, in this order."""


@dataclass(frozen=True)
class Faulty:
    """One customer of a report. `fault` is what it is about, `suggestion` what a repair would write ("" without)."""

    id: int
    name: str
    mail: str
    phone: str
    fault: str
    suggestion: str
    last_active_at: datetime | None


@dataclass(frozen=True)
class Asked:
    """What the conditions are asked with: since when one is inactive, the mistyped domains, what the checks know."""

    inactive_before: datetime
    mistyped: Collection[str]
    known: Known


def get_report(key: str) -> Report:
    """Raises NotFound."""
    if key not in BY_KEY:
        raise NotFound(N_("This report does not exist."))
    return BY_KEY[key]


def ask_with(inactive_before: datetime, *, today: date, key: str | None = None) -> Asked:
    """For the report of this key; without one, for all. Mail domains of the base are counted only where they matter."""
    if key not in {None, DOMAINS}:
        return Asked(inactive_before, (), Known(today=today))
    domain = func.split_part(Address.value, "@", 2)
    counted = select(domain, func.count()).where(Address.kind == AddressKind.MAIL).group_by(domain)
    counts = {name: count for name, count in db.session.execute(counted) if name}
    known = Known(today=today, domains=counts)
    return Asked(inactive_before, [name for name in counts if find_meant(name, known) is not None], known)


def condition_of(report: Report, asked: Asked) -> ColumnElement[bool]:
    """Who has this fault, among those who are on lists."""
    clause = text(f"({report.sql})")
    if ":inactive" in report.sql:
        clause = clause.bindparams(bindparam("inactive", asked.inactive_before, unique=True))
    if ":mistyped" in report.sql:
        given = bindparam("mistyped", sorted(asked.mistyped), type_=ARRAY(Text), unique=True)
        clause = clause.bindparams(given)
    return is_listed() & clause


def count_all(asked: Asked) -> dict[str, int]:
    """Every report, counted; and all customers as `customers`."""
    return {part: count_part(part, asked) for part in PARTS}


def count_part(part: str, asked: Asked) -> int:
    """One of `PARTS`: a report by its key, or all customers."""
    if part != EVERYBODY:
        return count_faulty(BY_KEY[part], asked)
    return db.session.scalar(select(func.count()).select_from(Customer).where(is_listed())) or 0


def count_faulty(report: Report, asked: Asked) -> int:
    found = select(func.count()).select_from(Customer).where(condition_of(report, asked))
    return db.session.scalar(found) or 0


def list_faulty(report: Report, asked: Asked, after: str | None, size: int = PAGE_SIZE) -> Page[Faulty]:
    """The customers of a report, by id."""
    found = _rows().where(condition_of(report, asked)).order_by(Customer.id).limit(size + 1)
    if after:
        found = found.where(Customer.id > _id_of(after))
    rows = [_faulty(report, asked, row) for row in db.session.execute(found)]
    return make_page(rows, size=size, key=lambda row: (row.id,))


def walk_faulty(report: Report, asked: Asked) -> Iterator[Faulty]:
    """All of them, a page at a time."""
    after: str | None = None
    while True:
        page = list_faulty(report, asked, after, EXPORT_PAGE)
        yield from page.rows
        after = page.next_key
        if after is None:
            return


def _rows() -> Select[Any]:
    mine = select(Address.value).where(Address.customer_id == Customer.id).correlate(Customer)
    newest = Address.is_primary.desc(), Address.id.desc()
    mail = mine.where(Address.kind == AddressKind.MAIL).order_by(*newest).limit(1).scalar_subquery()
    phone = mine.where(Address.kind == AddressKind.PHONE).order_by(*newest).limit(1).scalar_subquery()
    return select(
        Customer.id,
        Customer.first_name,
        Customer.last_name,
        Customer.company,
        Customer.last_active_at,
        mail.label("mail"),
        phone.label("phone"),
    )


def _id_of(after: str) -> int:
    match decode_key(after):
        case [int(customer_id)]:
            return customer_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def _faulty(report: Report, asked: Asked, row: Any) -> Faulty:
    name = " ".join(filter(None, (row.first_name, row.last_name))) or row.company
    fault, suggestion = "", ""
    if report.key == DOMAINS:
        fault = row.mail or ""
        suggestion = meant_mail(fault, row.last_name, row.company, asked) or ""
    elif report.key == "name_case":
        fault, suggestion = name, " ".join(filter(None, proper_names(row.first_name, row.last_name)))
        suggestion = "" if suggestion == fault else suggestion
    return Faulty(row.id, name, row.mail or "", row.phone or "", fault, suggestion, row.last_active_at)


def meant_mail(mail: str, last_name: str, company: str, asked: Asked) -> str | None:
    """The address with the domain that was surely meant; None where a person must judge.

    By the check of a whole row: a domain that is called like its owner or his company is no slip.
    """
    row: dict[str, str] = {Field.MAIL: mail, Field.LAST_NAME: last_name, Field.COMPANY: company}
    sure = (
        each.suggestion
        for each in check_row(0, row, asked.known)[1]
        if each.kind is FindingKind.MAIL_DOMAIN_TYPO and each.severity is Severity.WARNING
    )
    return next(sure, None)


def proper_names(first_name: str, last_name: str) -> tuple[str, str]:
    """First and last name with ordinary capitals."""
    return proper_case(first_name, Field.FIRST_NAME), proper_case(last_name, Field.LAST_NAME)
