"""Questionnaires while they are written: the draft, what is done to its pages and questions, what it still lacks."""
