"""One customer's rows given to another, each noted, so that all of it can be given back."""
