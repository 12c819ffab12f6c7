"""Trying once what may be done to a server, before it is done while it is busy."""
