"""The echo servers and clients of other people: the ready list of `anechoic compare`."""

from properties.comparison.implementation import Implementation, build, missing
from properties.comparison.listing import READY, read
from properties.subject import RoleName

__all__ = ["CLIENTS", "IMPLEMENTATIONS", "Implementation", "build", "missing"]

_ALL = read(READY)
IMPLEMENTATIONS = tuple(one for one in _ALL if one.role is RoleName.SERVER)
CLIENTS = tuple(one for one in _ALL if one.role is RoleName.CLIENT)
