"""The lives of tests/plans, for the replay of what they left behind."""

from tests.plans.conftest import both_wires, delivery, ground, lives

__all__ = ["both_wires", "delivery", "ground", "lives"]
