"""The replay: a version of a plan run on the chain's own past, without sending and without writing a row of history."""
