"""Doors of the segments: list, builder, members, files."""

from hub.blueprints.segments import builder, handing_out, pages
from hub.blueprints.segments.base import blueprint

EDITING = (
    "new_segment",
    "add_segment",
    "edit_segment",
    "change_segment",
    "preview",
    "refresh",
    "archive",
    "duplicate",
    "export",
    "download_file",
)
"""Doors that change something, or that hand out members."""

__all__ = ["EDITING", "blueprint", "builder", "handing_out", "pages"]
