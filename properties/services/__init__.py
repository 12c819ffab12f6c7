"""The services that a server may provide besides echo, and what is owed under each of them."""
