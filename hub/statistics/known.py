"""The stores and contact reasons of the chain, each asked for once while a page of the statistics is made."""

from functools import cached_property

from hub.reasons.queries import ReasonRow, list_reasons
from hub.stores.queries import StoreRow, list_stores


class Known:
    """Retired ones too: they still count in the past."""

    @cached_property
    def stores(self) -> list[StoreRow]:
        """By name."""
        return list_stores(is_active=None)

    @cached_property
    def reasons(self) -> list[ReasonRow]:
        """The tree, each reason under its parent."""
        return list_reasons(active=False)
