"""What is required of a client: one module each."""
