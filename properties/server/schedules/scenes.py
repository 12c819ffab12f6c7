"""What clients do in the schedules that are tried: few clients, and one kind of end each."""

from dataclasses import dataclass

from faults.payloads import A_LINE
from faults.scheduling.deeds import Deed, Sign, What
from faults.server.schedules import Schedule
from properties.model.steps import Inject, Workload
from properties.server.steps import Receive, Send


def _deeds(client: int, *done: What) -> tuple[Deed, ...]:
    return tuple(Deed(client, what) for what in done)


@dataclass(frozen=True)
class Scene:
    """A fixed workload whose schedules are tried. `stays`: the client that is served afterwards.

    `matters`: it is tried in a quick run as well.
    """

    name: str
    deeds: tuple[Deed, ...]
    signs: tuple[Sign, ...] = ()
    stays: int = 0
    matters: bool = False

    def workload(self, schedule: Schedule) -> Workload:
        """Return the workload with this schedule of it."""
        after = (Send(self.stays, A_LINE), Receive(self.stays)) if self.stays else ()
        return (Inject(schedule), *after)

    @property
    def plain(self) -> Schedule:
        """The schedule in which nothing is chosen: our clients come first."""
        return Schedule(self.deeds, self.signs)


_COME = (What.CONNECT, What.SEND)

SCENES: tuple[Scene, ...] = (
    Scene(
        "two clients leave",
        (*_deeds(1, *_COME, What.CLOSE), *_deeds(2, *_COME, What.CLOSE)),
        matters=True,
    ),
    Scene(
        "one stays, one leaves",
        (*_deeds(1, *_COME), *_deeds(2, *_COME, What.CLOSE)),
        stays=1,
        matters=True,
    ),
    Scene(
        "one leaves, one comes and stays",
        (*_deeds(1, *_COME, What.CLOSE), *_deeds(2, *_COME)),
        stays=2,
    ),
    Scene("one leaves, a signal comes", _deeds(1, *_COME, What.CLOSE), (Sign(),)),
    Scene(
        "one resets, one half-closes",
        (*_deeds(1, *_COME, What.RESET), *_deeds(2, *_COME, What.HALF_CLOSE)),
    ),
    Scene(
        "a worker is killed, one comes",
        (*_deeds(1, *_COME, What.KILL), *_deeds(2, *_COME)),
        stays=2,
    ),
)
