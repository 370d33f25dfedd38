"""Tracked links and pixels: written at sending without a row, followed, noted, labelled human or machine."""
