"""Tests of the power plant."""
