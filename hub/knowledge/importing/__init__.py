"""Articles that were written elsewhere are brought in: Markdown files, tables, what another help centre exports."""
