"""The wire: what carries segments between two hosts, and what can be done to each of them."""
