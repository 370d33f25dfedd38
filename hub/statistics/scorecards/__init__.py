"""Scorecards: a store beside its own past and stores of its size, a person beside the own past only."""
