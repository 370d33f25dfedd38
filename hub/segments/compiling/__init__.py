"""Conditions as one statement: each is a set of customers, joined once; values are parameters."""
