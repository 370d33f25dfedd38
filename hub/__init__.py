"""The rooms of Comptoir; the floors between them are in pyproject.toml."""

import gc

# An import makes a million objects that all stay: each start of a process would look through them again and again for
# garbage, which took a quarter of its time.
gc.set_threshold(50_000, 20, 20)
