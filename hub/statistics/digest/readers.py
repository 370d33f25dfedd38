"""Who gets a digest, how often, and what it is about."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select

from hub.core.db import db
from hub.inbox.queries import get_choices
from hub.staff import queries as staff
from hub.staff.rules import Viewer
from hub.staff.words import Role
from hub.statistics.digest.periods import Round
from hub.statistics.rules import Filters
from hub.statistics.words import Period
from hub.stores.models import Store
from hub.stores.queries import get_chain, get_region, list_stores

PERIODS: Final[dict[Role, Period]] = {
    Role.STORE_MANAGER: Period.WEEK,
    Role.REGION_MANAGER: Period.MONTH,
    Role.HEAD_OFFICE: Period.MONTH,
    Role.MANAGER: Period.MONTH,
}
"""Whose digest is mailed; others with access to the statistics may have one made on the page, by the month."""
METROPOLE = "FR"
MOST_NAMES = 3


@dataclass(frozen=True)
class About:
    """What a digest is about: filters of the pages, the code of the store where it is one, and a name."""

    filters: Filters
    store_code: str
    name: str


def period_of(role: Role) -> Period:
    return PERIODS.get(role, Period.MONTH)


def list_addressees(found: Round) -> list[int]:
    """Ids of the people to whom the digests of a round are mailed: those who worked here when it came due and want it."""
    roles = [role for role, period in PERIODS.items() if period is found.period]
    people = staff.list_settled(roles, before=found.due_at)
    choices = get_choices(people)
    return [agent_id for agent_id in people if choices[agent_id].has_digest]


def about(viewer: Viewer, found: Round) -> About:
    """The store of a manager with one store, else all that the person sees."""
    chain = get_chain()
    filters = Filters(since_on=found.since_on, until_on=found.until_on, time_zone=chain.time_zone)
    if viewer.scope.is_everything:
        return About(filters, "", chain.name)
    stores = list_stores(store_ids=viewer.scope.store_ids, is_active=None)
    if len(stores) == 1:
        return About(replace(filters, store_id=stores[0].id), stores[0].code, stores[0].name)
    regions = staff.get_agent(viewer.agent_id).region_ids
    names = [get_region(region_id).name for region_id in regions] or [store.name for store in stores]
    more = ["…"] if len(names) > MOST_NAMES else []
    return About(filters, "", ", ".join([*names[:MOST_NAMES], *more]))


def territory_of_chain() -> str:
    """Where most of the stores are: its public holidays are no working days."""
    count = func.count(Store.id)
    most = select(Store.territory).where(Store.is_active).group_by(Store.territory).order_by(count.desc())
    found = db.session.scalar(most.order_by(Store.territory).limit(1))
    return found.value if found else METROPOLE


def key_of(viewer: Viewer) -> tuple[object, ...]:
    """People with the same key see the same figures and the same things to look at."""
    stores = () if viewer.scope.is_everything else tuple(sorted(viewer.scope.store_ids))
    return viewer.role, viewer.scope.is_everything, stores
