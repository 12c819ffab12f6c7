"""Schedules: the system calls of a target, and our own actions, go on one at a time."""
