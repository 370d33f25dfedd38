"""Tickets: threading, routing, deadlines, replies."""
