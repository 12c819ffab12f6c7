"""How fast anechoic is, measured beside what else one could do, in one run."""
