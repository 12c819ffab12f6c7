"""The gate: system calls of an unmodified target are held, answered or shortened, one by one."""
