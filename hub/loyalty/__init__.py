"""Promo codes: pools, the codes in them, who was given which, and what came of it."""
