"""Unique keys decide whether a name is free; this tells the person which field to change."""

from sqlalchemy.exc import IntegrityError

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_

FIELDS = {
    "uq_stores_code": ("code", N_("Another store already has this code.")),
    "uq_stores_slug": ("slug", N_("Another store already has this page address.")),
    "uq_stores_mailbox": ("mailbox", N_("Another store already has this mailbox.")),
    "uq_regions_key": ("name", N_("There is already a region of this name.")),
    "uq_regions_name": ("name", N_("There is already a region of this name.")),
}


def flush_unique() -> None:
    """Raises Invalid with the field whose value is taken; the transaction is then to be rolled back."""
    try:
        db.session.flush()
    except IntegrityError as error:
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "")
        if constraint not in FIELDS:
            raise
        field, sentence = FIELDS[constraint]
        raise Invalid(sentence, field=field) from None
