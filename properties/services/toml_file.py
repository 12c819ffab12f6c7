"""Reading a file that a user has written in TOML."""

import tomllib
from pathlib import Path
from typing import Any

from properties.services.user_files import content_of, require_depth


class UnfitFileError(Exception):
    """A file is not one to be read; the message says why, without its name."""


def read_toml(path: Path, refusal: type[Exception]) -> dict[str, Any]:
    """Return what the file says. Raises `refusal` with one sentence where it cannot be read."""
    try:
        data = tomllib.loads(content_of(path, UnfitFileError).decode())
        require_depth(data, UnfitFileError)
        return data
    except OSError as error:
        raise refusal(f"{path} cannot be read: {error.strerror}") from None
    except UnfitFileError as error:
        raise refusal(f"{path} cannot be read: {error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refusal(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise refusal(f"{path} is nested too deeply") from None
    except ValueError:
        # A number with thousands of digits, for one.
        raise refusal(f"{path} cannot be read as TOML") from None
