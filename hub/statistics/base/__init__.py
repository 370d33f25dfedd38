"""How many customers there are, where they stand and who may be written to: counted each night, by store, and kept."""
