"""Makers of known people and things: each returns rows already flushed."""
