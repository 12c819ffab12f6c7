"""How far a run is, and how long it will still take."""
