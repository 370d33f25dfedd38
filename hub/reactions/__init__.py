"""The switchboard: when THIS happened, do THAT."""
