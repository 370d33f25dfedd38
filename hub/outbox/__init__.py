"""The door out: post, gate, send."""
