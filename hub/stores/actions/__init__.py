"""What may be done in the stores room, by family: the chain with its regions, stores with their hours."""

from hub.stores.actions.chain import (
    ChainDetails,
    add_region,
    assign_region,
    edit_chain,
    finish_set_up,
    rename_region,
    start_chain,
)
from hub.stores.actions.stores import (
    StoreDetails,
    add_store,
    edit_store,
    remove_exceptional_day,
    set_exceptional_day,
    switch_store,
)

__all__ = [
    "ChainDetails",
    "StoreDetails",
    "add_region",
    "add_store",
    "assign_region",
    "edit_chain",
    "edit_store",
    "finish_set_up",
    "remove_exceptional_day",
    "rename_region",
    "set_exceptional_day",
    "start_chain",
    "switch_store",
]
