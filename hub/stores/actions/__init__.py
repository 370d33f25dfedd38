"""What may be done in the stores room, by family: the chain with its regions, stores with their hours."""

from hub.stores.actions.chain import (
    ChainDetails,
    add_region,
    change_setting,
    edit_chain,
    edit_region,
    finish_set_up,
    start_chain,
)
from hub.stores.actions.properties import set_properties
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
    "change_setting",
    "edit_chain",
    "edit_region",
    "edit_store",
    "finish_set_up",
    "remove_exceptional_day",
    "set_exceptional_day",
    "set_properties",
    "start_chain",
    "switch_store",
]
