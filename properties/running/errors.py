"""The one exception for what the user can correct: options, files, lists."""


class UsageError(Exception):
    """The command line, an option or a file is at fault; the message says how and what to do."""
