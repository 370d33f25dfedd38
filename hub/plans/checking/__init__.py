"""What is looked at before a plan is published: what stops it, and what is only said."""
