"""Mutation testing of the modules that decide about a target, see `benchmarks.judges.__main__`."""
