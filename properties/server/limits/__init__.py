"""What a server does not do for its clients: limits on how many it serves, and serving none."""
