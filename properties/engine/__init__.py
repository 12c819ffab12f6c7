"""What both roles need to act: waiting, rest and spin, byte streams, injecting a fault."""
