"""A service that is a Python object of the user's, named as MODULE:OBJECT."""

import importlib
import os
import sys
from functools import reduce
from typing import Any, cast

from properties.model.oracle import Service
from properties.services.table import ServiceError


def load_service(words: str) -> Service:
    """Import the object from the working folder, or wherever Python finds it; make one of a class.

    Raises ServiceError.
    """
    module, _, path = words.partition(":")
    found = _object(module, path, words)
    try:
        service = found() if isinstance(found, type) else found
    except (Exception, SystemExit) as error:
        raise ServiceError(f"{words}: it cannot be made: {_said(error)}") from None
    if not callable(getattr(service, "start", None)):
        raise ServiceError(f"{words}: it has no method start(), which begins a conversation")
    try:
        service.start()
    except Exception as error:
        raise ServiceError(f"{words}: start() fails: {_said(error)}") from None
    return cast("Service", service)


def _object(module: str, path: str, words: str) -> Any:
    if (here := os.getcwd()) not in sys.path:
        sys.path.insert(0, here)
    try:
        imported = importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise ServiceError(f"{words}: {module} cannot be imported: {_said(error)}") from None
    try:
        return reduce(getattr, path.split("."), imported)
    except AttributeError:
        raise ServiceError(f"{words}: there is no {path!r} in {module}") from None


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
