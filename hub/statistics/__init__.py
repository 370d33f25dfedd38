"""The definition of every figure."""
