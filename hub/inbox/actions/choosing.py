"""What a person and a store want to be alerted of: kept, checked, told in the audit trail."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.rules import is_mobile, normalise_mail, normalise_phone
from hub.inbox.models import AlertChoice, StoreAlert
from hub.stores.queries import get_store

MOST_RECIPIENTS = 20
AFTER_MINUTES = range(5, 24 * 60 + 1)
IDLE_MINUTES = range(1, 4 * 60 + 1)


def choose_alerts(
    *,
    agent_id: int,
    has_mails: bool,
    has_new_tickets: bool,
    has_answers: bool,
    has_warnings: bool,
    has_digest: bool = True,
) -> None:
    """What the person hears outside of the hub: mails of warnings, the digest, and what the browsers tell."""
    values = {
        "has_mails": has_mails,
        "has_new_tickets": has_new_tickets,
        "has_answers": has_answers,
        "has_warnings": has_warnings,
        "has_digest": has_digest,
    }
    statement = insert(AlertChoice).values(agent_id=agent_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["agent_id"], set_=values))


def change_store_alert(
    *,
    store_id: int | None,
    is_on: bool,
    after_minutes: int,
    idle_minutes: int,
    mails: Iterable[str],
    phones: Iterable[str],
    by: Actor,
    now: datetime,
) -> None:
    """When nobody of the store is signed in; None: the central queue. Raises Invalid: after, idle, mails, phones."""
    country = get_store(store_id).country if store_id is not None else "FR"
    if after_minutes not in AFTER_MINUTES:
        raise Invalid(N_("Please give between 5 minutes and 24 hours."), field="after")
    if idle_minutes not in IDLE_MINUTES:
        raise Invalid(N_("Please give between 1 minute and 4 hours."), field="idle")
    values = {
        "is_on": is_on,
        "after_minutes": after_minutes,
        "idle_minutes": idle_minutes,
        "mails": _mails(mails),
        "phones": _phones(phones, country),
    }
    statement = insert(StoreAlert).values(store_id=store_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["store_id"], set_=values))
    told = {"is_on": is_on, "after_minutes": after_minutes, "idle_minutes": idle_minutes}
    note_change("store_alert.changed", subject_kind="store", subject_id=store_id, by=by, now=now, **told)


def _mails(mails: Iterable[str]) -> list[str]:
    try:
        clean = [normalise_mail(each) for each in mails]
    except Invalid as error:
        raise Invalid(error.text, field="mails", **error.values) from error
    return _few(clean, "mails")


def _phones(phones: Iterable[str], country: str) -> list[str]:
    try:
        clean = [normalise_phone(each, country) for each in phones]
    except Invalid as error:
        raise Invalid(error.text, field="phones", **error.values) from error
    for phone in clean:
        if not is_mobile(phone):
            raise Invalid(
                N_("%(number)s is no mobile number. Please give one that receives texts."),
                field="phones",
                number=phone,
            )
    return _few(clean, "phones")


def _few(clean: Iterable[str], field: str) -> list[str]:
    listed = list(dict.fromkeys(clean))
    if len(listed) > MOST_RECIPIENTS:
        raise Invalid(N_("Please give at most %(most)s recipients."), field=field, most=MOST_RECIPIENTS)
    return listed
