"""Who was erased after a file was handed in: its rows about him go no further, wherever the import stands."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from hub.core.db import db
from hub.core.traces import ERASED_WORDS, Traces
from hub.customers.consents import hash_of
from hub.customers.imports.models import CustomerImport
from hub.customers.imports.rules import NAMES, Key
from hub.customers.imports.words import ImportState

BARRED = "erased"
"""In `about` of an import: keyed hashes of what such people were known by."""
OVER = (ImportState.APPLIED, ImportState.UNDOING, ImportState.UNDONE)


def bar_from_imports(traces: Traces) -> None:
    """Let no import that may still write bring him back from its file. Their rows are locked, before any customer's."""
    hashes = {*traces.hashes, *map(hash_of, traces.cards)}
    if not hashes:
        return
    held = select(CustomerImport).where(CustomerImport.purged_at.is_(None), CustomerImport.state.not_in(OVER))
    held = held.order_by(CustomerImport.id).with_for_update().execution_options(populate_existing=True)
    for row in db.session.scalars(held):
        row.about = {**row.about, BARRED: sorted(hashes | set(row.about.get(BARRED, ())))}
    db.session.flush()


def is_barred(values: Mapping[str, str], keys: Sequence[Key], erased: Collection[str]) -> bool:
    """Whether a row names somebody who was erased, or was emptied of what named him."""
    named = [value for _, value in keys] + [values.get(name, "") for name in NAMES]
    if any(ERASED_WORDS in value for value in named):
        return True
    return bool(erased) and any(hash_of(value) in erased for _, value in keys)
