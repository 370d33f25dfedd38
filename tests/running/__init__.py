"""A whole installation for tests that come from outside: its own database, real processes, a small chain."""
