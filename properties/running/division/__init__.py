"""The division of a run's plan into shards, one for each machine."""
