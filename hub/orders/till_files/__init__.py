"""Files of the tills: the tickets of a day, which may arrive days afterwards."""
