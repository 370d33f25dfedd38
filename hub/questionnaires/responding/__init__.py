"""Answering: the first page, saving page by page, going on later, and what becomes of a response that is complete."""
