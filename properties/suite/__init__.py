"""The conformance suite that pytest collects."""
