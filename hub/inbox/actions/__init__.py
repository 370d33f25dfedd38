"""What is done in the inbox, by verb family; other rooms import from here."""
