"""What the letters of plans say: values gathered for a batch at once, and only those that its letters know."""
