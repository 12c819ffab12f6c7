"""Fault families of a client: the rows of its grid."""

from functools import partial

from faults.registry import CLIENT_FAULTS
from properties.families import Family
from properties.peer.strategies import CLIENT_DRAWINGS, workloads

CLIENT_FAMILIES: tuple[Family, ...] = (
    Family(
        "control",
        "UNP 5.5",
        "lines typed and echoed, whole or in pieces, and an ordinary end",
        partial(workloads, {}),
    ),
    *(
        Family(
            fault.name,
            fault.section,
            fault.summary,
            partial(workloads, {fault: CLIENT_DRAWINGS[fault]}),
        )
        for fault in CLIENT_FAULTS
    ),
    Family(
        "mixed", "UNP 5", "all faults mixed in one workload", partial(workloads, CLIENT_DRAWINGS)
    ),
)
