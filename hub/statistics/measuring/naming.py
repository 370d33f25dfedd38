"""The code and the name of a group of figures, for whoever reads them outside our pages."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hub.core.words import Language
from hub.reasons.queries import list_reasons
from hub.staff.queries import get_agents
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.words import Dimension
from hub.stores.properties import list_region_keys
from hub.stores.queries import get_stores


@dataclass(frozen=True)
class GroupName:
    """`code` is what a filter takes: a store's code, a key, a mail address, a first day; None of the rows without any."""

    code: str | None
    name: str | None = None


NONE = GroupName(None)


def name_groups(
    figures: Iterable[Figure], by: Dimension | None, *, language: Language
) -> dict[Group, GroupName]:
    """Of every group that the figures have."""
    groups = {figure.group for figure in figures}
    ids = [group for group in groups if isinstance(group, int)]
    known = _of_ids(ids, by, language)
    return {group: NONE if group is None else known.get(group) or GroupName(_word(group)) for group in groups}


def _of_ids(ids: Collection[int], by: Dimension | None, language: Language) -> Mapping[Group, GroupName]:
    if by is Dimension.STORE:
        return {store_id: GroupName(row.code, row.name) for store_id, row in get_stores(ids).items()}
    if by is Dimension.REGION:
        return {row.id: GroupName(row.key, row.name) for row in list_region_keys()}
    if by is Dimension.REASON:
        return {row.id: GroupName(row.key, row.path(language)) for row in list_reasons(active=False)}
    if by is Dimension.AGENT:
        return {agent_id: GroupName(row.email, row.name) for agent_id, row in get_agents(ids).items()}
    return {}


def _word(group: Group) -> str:
    if isinstance(group, date):
        return group.isoformat()
    if isinstance(group, tuple):
        return "-".join(str(part) for part in group)
    return str(group)
