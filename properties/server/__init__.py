"""A server under test: its steps and events, our clients, the interpreter, and what judges it."""
