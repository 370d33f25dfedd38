"""The report on a file: every row counted once, what was found in it, and rows that are one person. Reads, never writes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from hub.customers.hygiene.checking import check_row, check_width, values_of
from hub.customers.hygiene.columns import match_columns
from hub.customers.hygiene.doubles import Doubles
from hub.customers.hygiene.files import Table, open_table
from hub.customers.hygiene.findings import SEVERITIES, Finding, FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.learning import learn_file

SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Report:
    """`rows` = `ok` + the rows that `findings` are about. `duplicates` are groups of row numbers."""

    rows: int
    ok: int
    findings: list[Finding]
    duplicates: list[list[int]]
    columns: Mapping[int, str]
    table: Table

    def as_json(self) -> dict[str, Any]:
        """What `flask customers check --json` prints; docs/customers-check.md says what each part means."""
        kinds = Counter(each.kind for each in self.findings)
        severities = Counter(each.severity for each in self.findings)
        totals: dict[str, Any] = {
            "rows": self.rows,
            "ok": self.ok,
            "rows_with_findings": self.rows - self.ok,
            "findings": len(self.findings),
            "duplicate_groups": len(self.duplicates),
            "by_severity": {each.value: severities[each] for each in Severity},
            "by_kind": {each.value: kinds[each] for each in FindingKind if kinds[each]},
        }
        return {
            "rows": self.rows,
            "ok": self.ok,
            "rows_with_findings": [_as_json(each) for each in self.findings],
            "duplicates": self.duplicates,
            "totals": totals,
        }


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "field": str(finding.field),
        "value": finding.value,
        "kind": finding.kind.value,
        "suggestion": finding.suggestion,
        "severity": finding.severity.value,
    }


def check_file(path: Path, name: str, known: Known) -> Report:
    """Check a whole file, read twice: first to learn from it, then row by row. Raises Invalid when it cannot be read."""
    table = open_table(path, name)
    sample = [row for row in islice(table.rows, SAMPLE_ROWS) if row]
    columns = match_columns(table.headings, sample)
    learnt = learn_file((values_of(row, columns) for _, row in open_table(path, name).numbered()), known)
    again = open_table(path, name)
    rows, flawed, findings, doubles = 0, set(), [], Doubles()
    for number, cells in again.numbered():
        rows += 1
        found = check_cells(number, cells, columns, learnt, doubles, width=len(table.headings))
        if found:
            flawed.add(number)
            findings += found
    return _complete(Report(rows, rows - len(flawed), findings, doubles.groups(), columns, again), flawed)


def check_cells(
    number: int, cells: list[str], columns: Mapping[int, str], known: Known, doubles: Doubles, *, width: int
) -> list[Finding]:
    """One row of a file: its own findings, a wrong number of cells, and an earlier row with the same address."""
    clean, found = check_row(number, values_of(cells, columns), known)
    found += check_width(number, cells, width)
    doubles.see(number, clean)
    return found


def _of_row(number: int, kind: FindingKind, value: str) -> Finding:
    return Finding(number, "", value, kind, None, SEVERITIES[kind])


def _complete(report: Report, flawed: set[int]) -> Report:
    """Every row of a group but the first is told as well, with the number of the first."""
    told = [
        _of_row(row, FindingKind.DUPLICATE_IN_FILE, str(group[0]))
        for group in report.duplicates
        for row in group[1:]
    ]
    flawed = flawed | {each.row for each in told}
    findings = sorted([*report.findings, *told], key=lambda each: each.row)
    return replace(report, ok=report.rows - len(flawed), findings=findings)


def lines_of(report: Report) -> Iterator[str]:
    """The report for a person at a terminal, in English as all commands speak."""
    table = report.table
    where = f"sheet {table.sheet!r}" if table.sheet else f"{table.encoding}, separated by {table.separator!r}"
    yield f"Read as {where}; heading in row {table.heading_row or 'none'}."
    for position, heading in enumerate(table.headings):
        yield f"  {heading}: {report.columns.get(position, '(not used)')}"
    for each in report.findings:
        meant = "" if each.suggestion is None else f" -> {each.suggestion!r}"
        yield f"row {each.row} {each.severity}: {each.field or 'row'} {each.kind} {each.value!r}{meant}"
    for group in report.duplicates:
        yield f"same customer: rows {', '.join(map(str, group))}"
    yield f"{report.rows} rows: {report.ok} ok, {report.rows - report.ok} with findings."
