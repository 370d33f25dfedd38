"""Articles and standard replies."""
