"""One customer through all rooms: export, erase, merge and unmerge."""
