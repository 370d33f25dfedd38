"""Tests of the checks on customers' data."""
