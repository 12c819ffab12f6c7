"""How workloads for a client are made: drawn ones, and finite choices."""
