"""How clean the base is: reports, repairs that can be undone, the planned audit, the archive of the inactive."""
