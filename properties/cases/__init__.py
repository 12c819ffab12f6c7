"""Saved cases: their format, running them again, and those of earlier runs."""
