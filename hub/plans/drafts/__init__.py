"""Plans while they are written: one draft a plan, what is done to its steps, what it still lacks."""
