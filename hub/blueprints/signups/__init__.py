"""Doors of the sign-up and contest forms: the builder, what came in, what customers may choose."""

from hub.blueprints.signups import building, choices, entries
from hub.blueprints.signups.base import blueprint

EDITING = ("new_form", "edit_form", "switch_form", "save_themes", "save_sites", "export_entries")
"""Doors that change something, or that hand out what people typed."""

__all__ = ["EDITING", "blueprint", "building", "choices", "entries"]
