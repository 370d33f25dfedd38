"""Doors of what is sold and looked at: products, files of the tills, visits of the sites."""

from hub.blueprints.products import listing, till_files, visits
from hub.blueprints.products.base import blueprint

__all__ = ["blueprint", "listing", "till_files", "visits"]
