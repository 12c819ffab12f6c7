"""The faults of a server under test: each file has the name that users type."""
