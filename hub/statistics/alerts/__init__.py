"""Alert rules: a figure passes a threshold, and the people chosen for it are told once a rise."""
