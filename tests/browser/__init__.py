"""The hub as people use it: Debian's Chromium against a whole installation."""
