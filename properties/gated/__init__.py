"""Any program behind the gate: a call of it fails, is cut short, or is held for an event."""
