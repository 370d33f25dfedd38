"""A plan tried with a real customer: what would happen to him and when, without anything happening."""
