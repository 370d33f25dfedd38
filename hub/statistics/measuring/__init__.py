"""One door to every figure that is made of day columns."""
