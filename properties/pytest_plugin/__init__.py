"""The suite as a pytest plugin: hooks that call the listeners of a run."""
