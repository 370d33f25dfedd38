"""The yearly national questionnaire of the demo: built, sent, answered, and last year's beside it."""
