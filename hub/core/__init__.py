"""The hallway: what every room needs, without a word of the product."""
