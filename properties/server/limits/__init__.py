"""Limits of a server on the clients that it serves at once: seen by themselves, and excused."""
