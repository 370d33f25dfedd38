"""The stores room holds the chain and its stores, and no customer."""

from hub.core.personal import Apart, Holding
from hub.stores import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
_STORES = "the chain and its stores"

HOLDINGS: tuple[Holding, ...] = tuple(
    Apart(table=table, why=_STORES)
    for table in ("chains", "regions", "region_properties", "stores", "opening_ranges", "exceptional_days")
)
