"""Webhooks out: what happened here is told to the systems that asked for it."""
