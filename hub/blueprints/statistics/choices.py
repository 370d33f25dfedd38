"""The stores, regions, reasons and people a reader may choose from, each asked for once a page."""

from functools import cached_property

from hub.reasons.queries import ReasonRow, list_reasons
from hub.staff.queries import get_agents
from hub.staff.queries.people import AgentRow
from hub.staff.rules import Viewer
from hub.statistics.people import list_people
from hub.statistics.rules import Filters
from hub.stores.queries import RegionRow, StoreRow, list_regions, list_stores


class Choices:
    """Of one reader and one reading of the filters."""

    def __init__(self, filters: Filters, viewer: Viewer) -> None:
        self.filters, self.viewer = filters, viewer

    @cached_property
    def stores(self) -> list[StoreRow]:
        scope = self.viewer.scope
        return list_stores(store_ids=None if scope.is_everything else scope.store_ids)

    @cached_property
    def regions(self) -> list[RegionRow]:
        """Of the chain, or where the reader's stores are."""
        if self.viewer.scope.is_everything:
            return list_regions()
        mine = {row.region_id for row in self.stores}
        is_shown = len(mine) > 1 or self.filters.region_id is not None
        return [row for row in list_regions() if row.id in mine] if is_shown else []

    @cached_property
    def reasons(self) -> list[ReasonRow]:
        """The tree, each reason under its parent; retired ones still count in the past."""
        return list_reasons(active=False)

    @cached_property
    def people(self) -> list[AgentRow]:
        """Of the chosen store, and who was chosen, also once gone."""
        found, chosen = list_people(self.filters.store_id, viewer=self.viewer), self.filters.agent_id
        if chosen is None or any(row.id == chosen for row in found):
            return found
        return [*get_agents([chosen]).values(), *found]
