"""What follows a workload for the sake of one invariant: one module each."""
