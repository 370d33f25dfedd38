"""The governed tree of contact reasons."""
