"""Events of the chain's own names, told by its systems."""
