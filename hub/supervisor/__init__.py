"""The power plant: starts the database, Redis and our own processes, keeps them up, stops them."""
