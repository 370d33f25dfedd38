"""Lifecycle plans and their engine."""
