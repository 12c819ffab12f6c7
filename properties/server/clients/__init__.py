"""The clients that we connect to a server under test."""
