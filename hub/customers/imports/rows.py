"""What pages are shown of imports: frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.customers.hygiene.findings import Severity
from hub.customers.imports.choosing import Choices
from hub.customers.imports.words import ImportState, RowOutcome, RowReason


@dataclass(frozen=True)
class ImportFile:
    """One import as pages show it. `same_file_at`: when the same file was handed in before."""

    id: int
    file_name: str
    size_bytes: int
    state: ImportState
    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    about: Mapping[str, str]
    mapping: Mapping[int, str]
    choices: Choices
    counts: Mapping[str, Any]
    undo_counts: Mapping[str, int]
    row_count: int
    position: int
    is_read: bool
    error: str
    error_values: Mapping[str, str]
    created_by_id: int | None
    created_at: datetime
    checked_at: datetime | None
    applied_at: datetime | None
    undone_at: datetime | None
    purge_at: datetime
    purged_at: datetime | None


@dataclass(frozen=True)
class KindCount:
    """A kind of finding in the report. `fixable_count`: those with a suggestion; `examples`: (value, suggestion or other)."""

    kind: str
    severity: Severity
    count: int
    fixable_count: int
    is_ignored: bool
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FindingRow:
    """One finding with the row it stands in."""

    row: int
    position: int
    kind: str
    severity: Severity
    field: str
    value: str
    suggestion: str | None
    other: str | None
    names: str
    outcome: RowOutcome


@dataclass(frozen=True)
class FileRow:
    """One row of the file. `values`: what would be written, `edits`: what was corrected by hand."""

    row: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    edits: Mapping[str, str]
    outcome: RowOutcome
    reason: RowReason | None
    same_as: int | None
    customer_id: int | None
    choice: str | None
