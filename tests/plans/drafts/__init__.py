"""Drafts of plans."""
