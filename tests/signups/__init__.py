"""Tests of the sign-up forms."""
