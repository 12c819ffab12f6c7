"""How workloads for a server are drawn. Generation only: nothing here acts."""
