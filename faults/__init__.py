"""What can go wrong: one small file a fault."""
