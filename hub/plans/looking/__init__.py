"""Looks up what conditions ask: one look-up a word over all passages of a batch that use it."""
