"""The stores, regions, reasons and people a reader may choose from, each asked for once a page."""

from functools import cached_property

from hub.reasons.queries import ReasonRow
from hub.staff.queries import get_agents
from hub.staff.queries.people import AgentRow
from hub.staff.rules import Viewer
from hub.statistics.known import Known
from hub.statistics.people import list_people
from hub.statistics.rules import Filters
from hub.stores.queries import RegionRow, StoreRow, list_regions


class Choices:
    """Of one reader and one reading of the filters."""

    def __init__(self, filters: Filters, viewer: Viewer, known: Known) -> None:
        self.filters, self.viewer, self.known = filters, viewer, known

    @cached_property
    def stores(self) -> list[StoreRow]:
        scope = self.viewer.scope
        return [row for row in self.known.stores if row.is_active and scope.has_store(row.id)]

    @cached_property
    def regions(self) -> list[RegionRow]:
        """Of the chain, or where the reader's stores are."""
        if self.viewer.scope.is_everything:
            return list_regions()
        mine = {row.region_id for row in self.stores}
        is_shown = len(mine) > 1 or self.filters.region_id is not None
        return [row for row in list_regions() if row.id in mine] if is_shown else []

    @property
    def reasons(self) -> list[ReasonRow]:
        """The tree, retired ones too."""
        return self.known.reasons

    @cached_property
    def people(self) -> list[AgentRow]:
        """Of the chosen store, and who was chosen, also once gone."""
        found, chosen = list_people(self.filters.store_id, viewer=self.viewer), self.filters.agent_id
        if chosen is None or any(row.id == chosen for row in found):
            return found
        return [*get_agents([chosen]).values(), *found]
