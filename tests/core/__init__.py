"""Tests of the hallway."""
