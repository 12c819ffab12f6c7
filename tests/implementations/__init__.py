"""Echo servers that other people wrote, and whether they can be started here."""
