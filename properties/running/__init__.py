"""A whole run: settings, plan, runner, progress, result and exit status."""
