"""Clients under test: a scripted server plays with one client, and what it saw is judged."""
