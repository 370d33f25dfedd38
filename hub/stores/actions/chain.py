"""Set up and edit the chain and its regions; every change goes to the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import func, select, update

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.facts import record
from hub.core.text import N_, fold, slug
from hub.core.words import Language
from hub.stores.actions.unique import flush_unique
from hub.stores.facts import ChainReady, StoresMoved
from hub.stores.forms import clean_line, clean_mail, clean_time_zone, clean_url
from hub.stores.models import Chain, Region, Store
from hub.stores.queries import NO_REGION
from hub.stores.words import Territory

SET_UP_LOCK = 20260303
LONGEST_KEY = 80


@dataclass(frozen=True, kw_only=True)
class ChainDetails:
    """What the head office says about the chain; addresses may be empty."""

    name: str
    language: Language = Language.FRENCH
    time_zone: str = ""
    currency: str = "EUR"
    website_url: str = ""
    review_url: str = ""
    social_links: Sequence[str] = ()


AT_FIRST = {"unattended": {"is_on": True}}
"""Choices a chain begins with that older ones make themselves: mail where customers wait and nobody is signed in."""


def start_chain(*, details: ChainDetails, now: datetime) -> int:
    """The first step of the set-up. Raises Conflict when there is a chain already, Invalid for bad input."""
    db.session.execute(select(func.pg_advisory_xact_lock(SET_UP_LOCK)))
    if db.session.scalar(select(Chain.id).limit(1)) is not None:
        raise Conflict(N_("The chain exists already. Please go on with the next step."))
    row = Chain(created_at=now, settings=dict(AT_FIRST), sender_name="", sender_address="")
    _fill(row, details)
    db.session.add(row)
    db.session.flush()
    note_change("chain.started", subject_kind="chain", subject_id=row.id, by=SYSTEM, now=now)
    return row.id


def finish_set_up(*, sender_name: str, sender_address: str, now: datetime) -> None:
    """The last step of the set-up: who mails come from (fact ChainReady). Raises Conflict once it is done."""
    row = _chain()
    if row.sender_address:
        raise Conflict(N_("The set-up is finished. Please log in."))
    _fill_sender(row, sender_name, sender_address)
    note_change("chain.ready", subject_kind="chain", subject_id=row.id, by=SYSTEM, now=now)
    record(ChainReady(chain_id=row.id), now=now)


def edit_chain(
    *, details: ChainDetails, sender_name: str, sender_address: str, by: Actor, now: datetime
) -> None:
    """Change what is said about the chain and who mails come from. Raises Invalid."""
    row = _chain()
    _fill(row, details)
    _fill_sender(row, sender_name, sender_address)
    note_change(
        "chain.edited",
        subject_kind="chain",
        subject_id=row.id,
        by=by,
        now=now,
        name=row.name,
        sender_address=row.sender_address,
        website_url=row.website_url,
        review_url=row.review_url,
        social_links=row.social_links,
    )
    db.session.flush()


def change_setting(name: str, value: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """One of the chain's small choices, as a whole, with its line in the audit trail. The room that reads it checks it."""
    row = _chain()
    row.settings = {**row.settings, name: dict(value)}
    note_change(
        "chain.setting_changed",
        subject_kind="chain",
        subject_id=row.id,
        by=by,
        now=now,
        name=name,
        value=dict(value),
    )
    db.session.flush()


def _chain() -> Chain:
    """Locked, as it is now: what this transaction has read of it before may be older."""
    found = select(Chain).order_by(Chain.id).limit(1).with_for_update()
    row = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(N_("The set-up is not finished. Please open the set-up page first."))
    return row


def _fill(row: Chain, details: ChainDetails) -> None:
    row.name = clean_line(details.name, field="name")
    row.language = details.language
    row.time_zone = clean_time_zone(details.time_zone, Territory.METROPOLE)
    row.currency = details.currency
    row.website_url = clean_url(details.website_url, field="website_url")
    row.review_url = clean_url(details.review_url, field="review_url")
    links = [clean_url(link, field="social_links") for link in details.social_links]
    row.social_links = [link for link in links if link]


def _fill_sender(row: Chain, name: str, address: str) -> None:
    row.sender_name = clean_line(name, field="sender_name")
    row.sender_address = clean_mail(address, field="sender_address")


def add_region(*, name: str, store_ids: Sequence[int] = (), by: Actor, now: datetime) -> int:
    """A region with these stores, which leave the one they were in. Raises Invalid when the name is empty or taken."""
    row = Region(name="", key=_free_key(name), sort_key="")
    db.session.add(row)
    _name(row, name)
    _assign(row.id, store_ids)
    record(StoresMoved(), now=now)
    note_change("region.added", subject_kind="region", subject_id=row.id, by=by, now=now, name=row.name)
    return row.id


def edit_region(*, region_id: int, name: str, store_ids: Sequence[int], by: Actor, now: datetime) -> None:
    """Rename a region and make exactly these active stores belong to it. Raises NotFound, Invalid."""
    row = db.session.get(Region, region_id, with_for_update=True)
    if row is None:
        raise NotFound(NO_REGION)
    _name(row, name)
    _assign(region_id, store_ids)
    record(StoresMoved(), now=now)
    note_change(
        "region.edited",
        subject_kind="region",
        subject_id=region_id,
        by=by,
        now=now,
        name=row.name,
        store_ids=sorted(store_ids),
    )


def _free_key(name: str) -> str:
    """How other systems will call it: of the first name, with a number where another region has that."""
    key = slug(name)[:LONGEST_KEY].strip("-") or "region"
    taken = set(db.session.scalars(select(Region.key).where(Region.key.startswith(key, autoescape=True))))
    others = (f"{key}-{number}" for number in count(2))
    return next(each for each in chain((key,), others) if each not in taken)


def _name(row: Region, name: str) -> None:
    row.name = clean_line(name, field="name")
    row.sort_key = fold(row.name)
    flush_unique()


def _assign(region_id: int, store_ids: Sequence[int]) -> None:
    """A retired store stays where it was: it is not offered."""
    inside = (Store.region_id == region_id) & Store.is_active
    db.session.execute(update(Store).where(inside, Store.id.not_in(store_ids)).values(region_id=None))
    db.session.execute(update(Store).where(Store.id.in_(store_ids)).values(region_id=region_id))
