"""A client under test: a scripted server serves one client, and what was observed is judged."""
