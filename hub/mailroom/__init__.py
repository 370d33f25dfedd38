"""The door in: store first, sort later."""
