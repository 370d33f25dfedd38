"""People inside a plan are moved to another version of it, when somebody says so."""
