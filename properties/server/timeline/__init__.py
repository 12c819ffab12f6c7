"""The history of a server as a ladder diagram."""
