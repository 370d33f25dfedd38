"""What questionnaires found out: counts, figures, comments, files."""
