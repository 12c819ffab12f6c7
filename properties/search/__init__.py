"""Looking for violations: generate, try, record, shrink, and measure the rate of failure."""
