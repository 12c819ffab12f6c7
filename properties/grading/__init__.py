"""Points for a server that a student has written: a rubric, a check in a sandbox, a grade."""
