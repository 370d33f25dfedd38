"""Tests of what plans earn."""
