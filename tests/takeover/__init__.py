"""Tests of the takeover from other helpdesks."""
