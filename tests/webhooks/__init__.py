"""Tests of the webhooks room."""
