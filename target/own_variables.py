"""Variables of the environment that anechoic sets for itself: no program that is tested gets them.

Processes of ours inherit them, and which they are.
"""

import os

LIST = "ANECHOIC_OWN_VARIABLES"
"""The variable that names the others."""


def set_own(name: str, value: str) -> None:
    """Set a variable for this process and those of ours, unless the user has set it."""
    if name in os.environ:
        return
    os.environ[name] = value
    os.environ[LIST] = " ".join([*os.environ.get(LIST, "").split(), name])


def of_the_user() -> dict[str, str]:
    """Return the environment as the user has given it."""
    own = {LIST, *os.environ.get(LIST, "").split()}
    return {name: value for name, value in os.environ.items() if name not in own}
