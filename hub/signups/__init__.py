"""Sign-up and contest forms: what they ask, what came in, who confirmed."""
