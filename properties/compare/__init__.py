"""Many implementations side by side: `anechoic compare`."""
