"""What becomes of a server that is told to stop."""
