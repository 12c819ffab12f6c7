"""Schedules of a server under test: what they need, what they record, and which are tried."""
