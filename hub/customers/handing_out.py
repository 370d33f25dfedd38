"""Lists of customers that leave as a file: each leaves a line in the audit trail."""

from datetime import datetime

from hub.core.actor import Actor
from hub.core.audit import note_change


def note_list(kind: str, *, by: Actor, now: datetime, **about: str | int) -> None:
    """Say who took which list: `kind` is what it lists, `about` its number or how many customers stand on it."""
    note_change(
        "customers.exported", subject_kind="customers", subject_id=None, by=by, now=now, list=kind, **about
    )
