"""The rooms of Comptoir; the floors between them are in pyproject.toml."""
