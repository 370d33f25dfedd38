"""Questionnaires: built, published in versions, answered page by page."""
