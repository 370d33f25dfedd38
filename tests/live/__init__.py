"""Live events: passes, the exchange, and the process with many streams."""
