"""The faults: one small file each."""
