"""A run as data: the tables of its JSON result."""
