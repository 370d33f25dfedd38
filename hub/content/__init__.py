"""The content room: message templates, their frozen versions, rendering and the checks on them."""
