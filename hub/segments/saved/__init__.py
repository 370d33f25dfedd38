"""Saved segments: kept, counted, frozen, handed out."""
