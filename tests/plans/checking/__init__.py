"""Checks before publishing: a bad plan a finding, and the same one mended."""
