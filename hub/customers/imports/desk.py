"""What the rows of one file are judged with: its columns, what the house knows, what its person chose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from hub.core.errors import Invalid
from hub.core.text import fold
from hub.customers.hygiene.checking import check_row, check_width, values_of
from hub.customers.hygiene.findings import PROPERTY, SEVERITIES, Field, Finding, FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.learning import learn_file
from hub.customers.imports import rules
from hub.customers.imports.barring import BARRED, is_barred
from hub.customers.imports.choosing import Choices, choices_of
from hub.customers.imports.knowing import get_known
from hub.customers.imports.models import CustomerImport, ImportRow
from hub.customers.imports.rules import BOUND, Line
from hub.customers.imports.wishing import WORDING, read_wishes
from hub.customers.imports.words import Clash
from hub.customers.properties import Definition, list_definitions
from hub.customers.property_rules import clean_value
from hub.stores.queries import list_stores

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """`columns`: position to field. `store_ids` by folded name and code, `definitions` of properties by key.

    `width`: how many headings there are; `erased`: hashes of what people are known by who were erased meanwhile.
    """

    import_id: int
    columns: Mapping[int, str]
    known: Known
    choices: Choices
    store_ids: Mapping[str, int]
    definitions: Mapping[str, Definition]
    now: datetime
    width: int = 0
    erased: frozenset[str] = frozenset()

    def typed(self, name: str, text: str) -> Any:
        """A property as it is kept. Raises Invalid."""
        known = self.definitions[name.removeprefix(PROPERTY)]
        return clean_value(known.kind, text, known.choices)


@dataclass
class Prepared:
    """A row with its clean values and what was found in it; `is_failed`: the checks themselves broke on it,
    `is_erased`: it is about somebody who was erased, and nothing of it is kept.
    """

    row: int
    cells: Sequence[str]
    edits: Mapping[str, str]
    choice: str | None
    values: dict[str, str]
    findings: list[Finding]
    line: Line
    is_failed: bool = False
    is_erased: bool = False
    alike: tuple[str, str, str, str] | None = None


def open_desk(row: CustomerImport, now: datetime) -> Desk:
    """For an import whose columns are known."""
    choices = choices_of(row.choices)
    stores = list_stores()
    store_ids = {fold(name): store.id for store in stores for name in (store.name, store.code)}
    learned = row.learned
    widened = replace(
        get_known(now),
        stores=frozenset(store_ids),
        is_consent_known=choices.statement.is_complete,
        file_domains=learned.get("domains", {}),
        is_day_first=learned.get("is_day_first", {}),
    )
    columns = {int(place): field for place, field in row.mapping.items()}
    has_properties = any(field.startswith(PROPERTY) for field in columns.values())
    definitions = {each.key: each for each in list_definitions()} if has_properties else {}
    erased = frozenset(row.about.get(BARRED, ()))
    width = len(row.headings)
    return Desk(row.id, columns, widened, choices, store_ids, definitions, now, width, erased)


def learn(desk: Desk, rows: Iterable[Sequence[str]]) -> dict[str, Any]:
    """What the whole file tells of itself, as JSON; `rows` are walked once."""
    found = learn_file((values_of(cells, desk.columns) for cells in rows), desk.known)
    often = sorted(found.file_domains.items(), key=lambda each: -each[1])[:MOST_DOMAINS]
    return {"domains": dict(often), "is_day_first": dict(found.is_day_first)}


MOST_DOMAINS = 2000


def prepare(
    desk: Desk, row: int, cells: Sequence[str], edits: Mapping[str, str], choice: str | None = None
) -> Prepared:
    """Check one row. A row on which a check breaks is put aside alone."""
    given = values_of(cells, desk.columns) | dict(edits)
    wording, bound = " ".join(given.pop(WORDING, "").split()), given.pop(BOUND, "")
    try:
        values, findings = check_row(row, given, desk.known)
    except Exception:  # one bad row must not stop the others
        log.exception("import.row_failed", import_id=desk.import_id, row=row)
        return Prepared(row, cells, edits, choice, {}, [], Line(row, {}, ()), is_failed=True)
    values |= {each.field: each.value for each in findings if _is_future_consent(each)}
    values = {name: value for name, value in values.items() if value}
    values |= {name: value for name, value in ((WORDING, wording), (BOUND, bound)) if value}
    findings += check_width(row, cells, desk.width) + _drop_bad_properties(desk, row, values)
    if is_barred(values, rules.keys_of(values, desk.choices.id_source), desk.erased):
        return Prepared(row, [], {}, choice, {}, [], Line(row, {}, ()), is_erased=True)
    line, is_lacking = line_of(desk, row, values, choice)
    if is_lacking and not any(each.kind is FindingKind.CONSENT_EVIDENCE for each in findings):
        evidence = FindingKind.CONSENT_EVIDENCE
        findings.append(Finding(row, Field.CONSENT_EMAIL, "", evidence, None, SEVERITIES[evidence]))
    return Prepared(row, cells, edits, choice, values, findings, line)


def _is_future_consent(each: Finding) -> bool:
    """The day is kept as it stands: a yes of a day that is not yet is none, whatever is said for the whole file."""
    return each.kind is FindingKind.DATE_FUTURE and each.field == Field.CONSENT_AT


def _drop_bad_properties(desk: Desk, row: int, values: dict[str, str]) -> list[Finding]:
    """What is no value of its property is left out and said."""
    found = []
    for name in [name for name in values if name.startswith(PROPERTY)]:
        try:
            kept = desk.typed(name, values[name])
        except (Invalid, KeyError):
            value = values.pop(name)
            found.append(Finding(row, name, value, FindingKind.WRONG_COLUMN, None, Severity.ERROR))
        else:
            values[name] = str(kept)
    return found


def line_of(
    desk: Desk, row: int, values: Mapping[str, str], choice: str | None, same_as: int | None = None
) -> tuple[Line, bool]:
    """A clean row ready to be planned, and whether a yes in it lacks its evidence."""
    keys = rules.keys_of(values, desk.choices.id_source)
    if is_barred(values, keys, desk.erased):
        return Line(row, {}, ()), False
    wishes, is_lacking = read_wishes(
        values,
        columns=desk.columns.values(),
        statement=desk.choices.statement,
        covers=desk.choices.covers,
        now=desk.now,
    )
    line = Line(
        row=row,
        fields=rules.fields_of(values, desk.store_ids),
        keys=keys,
        wishes=wishes,
        choice=Clash(choice) if choice else None,
        same_as=same_as,
    )
    return line, is_lacking


def line_of_row(desk: Desk, row: ImportRow) -> Line:
    """A row that was checked before."""
    return line_of(desk, row.row, row.values, row.choice, row.same_as)[0]


def severity_of(kind: str) -> Severity:
    """How grave something is that was found between the file and the base."""
    if kind in set(FindingKind):
        return SEVERITIES[FindingKind(kind)]
    return Severity.NOTICE if kind == "value_differs" else Severity.WARNING
