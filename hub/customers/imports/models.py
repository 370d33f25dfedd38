"""Imports of contact files: the file, its rows, what was found in them, and what each row did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.customers.imports.words import ImportState, RowOutcome, RowReason, UndoOutcome


class CustomerImport(Base):
    """One file that was handed in. `mapping` says which column holds what ({"0": "mail"}), `choices` what its person
    chose ({"clash", "duplicates", "statement", "ignored"}), `learned` what the file as a whole tells.

    `position`: the row up to which the phase under way is done. `lease_until` is machine time, all other moments
    business time. `attempt_count`: how often a worker began since the last progress; `suspect`: the row it was alone
    with. `sha256` names the file on the shelf until `purged_at`, `digest` is the same and stays.
    """

    __tablename__ = "customer_imports"
    __table_args__ = (
        Index(
            "ix_customer_imports_due",
            "lease_until",
            postgresql_where="state IN ('reading', 'checking', 'applying', 'undoing')",
        ),
        Index("ix_customer_imports_purge", "purge_at", postgresql_where="purged_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    sha256: Mapped[str | None]
    digest: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int]
    state: Mapped[ImportState] = mapped_column(words(ImportState))
    headings: Mapped[list[Any]] = mapped_column(default=list)
    samples: Mapped[list[Any]] = mapped_column(default=list)
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    learned: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undo_counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_read: Mapped[bool] = mapped_column(default=False)
    row_count: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempt_count: Mapped[int] = mapped_column(default=0)
    suspect: Mapped[int | None]
    lease_until: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    purge_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]


class ImportRow(Base):
    """One row of the file. `cells` as read, `edits` what a person put in their place by field, `values` clean.

    `same_as`: the earlier row of the file that is the same customer; `customer_id`: the customer of the base it is.
    `choice`: what a person decided for this row alone. `is_stale`: to be checked again.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_outcome", "import_id", "outcome", "reason", "row"),
        Index("ix_import_rows_stale", "import_id", "row", postgresql_where="is_stale"),
        Index("ix_import_rows_same_as", "import_id", "same_as", postgresql_where="same_as IS NOT NULL"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("customer_imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[list[Any]]
    edits: Mapped[dict[str, Any]]
    values: Mapped[dict[str, Any]]
    outcome: Mapped[RowOutcome] = mapped_column(words(RowOutcome))
    reason: Mapped[RowReason | None] = mapped_column(words(RowReason))
    same_as: Mapped[int | None]
    customer_id: Mapped[int | None]
    choice: Mapped[str | None] = mapped_column(Text)
    is_stale: Mapped[bool] = mapped_column(default=False)


class ImportKey(Base):
    """By what a row names a customer, hashed: finds an earlier row of the file with the same address or id."""

    __tablename__ = "import_keys"

    import_id: Mapped[int] = mapped_column(ForeignKey("customer_imports.id"), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ImportFinding(Base):
    """One thing found in a row; `position` tells those of a row apart. `other` is what the base or another row says."""

    __tablename__ = "import_findings"
    __table_args__ = (Index("ix_import_findings_kind", "import_id", "kind", "row", "position"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("customer_imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    severity: Mapped[str]
    field: Mapped[str]
    value: Mapped[str]
    suggestion: Mapped[str | None]
    other: Mapped[str | None]


class ImportEffect(Base):
    """What a row did: the customer it made or changed, so that it can be undone.

    `before` and `after` hold the changed fields, `made` the new addresses, ids and ledger entries ({"addresses",
    "ids", "consents", "behind"}). `undone` stays empty until the undo came by; `undo_note` holds fields it left.
    """

    __tablename__ = "import_effects"

    import_id: Mapped[int] = mapped_column(ForeignKey("customer_imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(index=True)
    is_new: Mapped[bool]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    made: Mapped[dict[str, Any]]
    undone: Mapped[UndoOutcome | None] = mapped_column(words(UndoOutcome))
    undo_note: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")


class ColumnMemory(Base):
    """How the columns of a file were matched last time, by its headings."""

    __tablename__ = "import_columns"

    headings_key: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[dict[str, Any]]
    choices: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
