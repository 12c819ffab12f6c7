"""All invariants, in the order in which they are shown. A new invariant is one line here.

The order also says which violation of a workload is shrunk first: causes before what follows from
them.
"""

from properties.model.verdict import Invariant
from properties.server.invariants import (
    backpressure,
    bounded_memory,
    clean_eof,
    clean_restart,
    clean_stop,
    exact_echo,
    isolation,
    listener_survives,
    no_fd_leak,
    no_spin,
    no_stray_workers,
    no_zombies,
    prompt_service,
)

INVARIANTS: tuple[Invariant, ...] = (
    exact_echo.INVARIANT,
    clean_eof.INVARIANT,
    no_zombies.INVARIANT,
    no_stray_workers.INVARIANT,
    no_fd_leak.INVARIANT,
    listener_survives.INVARIANT,
    isolation.INVARIANT,
    prompt_service.INVARIANT,
    no_spin.INVARIANT,
    bounded_memory.INVARIANT,
    backpressure.INVARIANT,
    clean_restart.INVARIANT,
    clean_stop.INVARIANT,
)
