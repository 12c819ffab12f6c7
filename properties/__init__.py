"""Workloads, the interpreter, histories, invariants, the suite, the reports, the command line."""
