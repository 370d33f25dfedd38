"""Tests of the promo codes."""
