"""Imports of contact files: hand in, match columns, read the report and mend it, apply, undo."""

from hub.blueprints.imports import columns, files, fixes, report, rows
from hub.blueprints.imports.base import blueprint

__all__ = ["blueprint", "columns", "files", "fixes", "report", "rows"]
