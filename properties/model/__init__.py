"""Data and pure functions: steps, events, history, verdicts. Nothing here acts."""
