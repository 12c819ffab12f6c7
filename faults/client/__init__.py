"""The faults of a client under test: each file has the name that users type."""
