"""Contact files brought in: columns, dry run, report with fixes, apply, undo for seven days."""
