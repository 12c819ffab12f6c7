"""The processes of a run: where they run, and how many of them."""
