"""What must hold: one small file an invariant, each a pure function of the history."""
