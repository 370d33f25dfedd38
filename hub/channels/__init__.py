"""Wires to the outside world: mail, later SMS and others; no table, no rule of the product."""
