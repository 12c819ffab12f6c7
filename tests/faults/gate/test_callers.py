"""When a fault may conclude that the call which it waits for will not come."""

import signal

from faults.gate.callers import have_been_served
from faults.gate.calls import Kind
from target.handle import Handle
from target.processes import Process
from tests.faults.contexts import A_WORD, context_with
from tests.properties.server_runs import serving, wait_until


def stop(handle: Handle, worker: Process) -> None:
    """Stop a worker, as one that has echoed may be awake and without a processor."""
    handle.signal(worker.identity, signal.SIGSTOP)
    wait_until(lambda: any(p.identity == worker.identity and p.is_stopped for p in handle.tree()))


def test_a_worker_that_does_not_sleep_may_still_make_the_call() -> None:
    with (
        serving(kinds=frozenset({Kind.READ})) as server,
        context_with(server, 1) as (context, _),
    ):
        assert server.gate is not None
        assert server.handle is not None
        gate = server.gate
        context.send(1, A_WORD)
        assert context.wait(lambda: have_been_served(context, gate, (1,)))
        (worker,) = context.workers(1)
        stop(server.handle, worker)
        assert not have_been_served(context, gate, (1,))
        server.handle.signal(worker.identity, signal.SIGCONT)
        assert context.wait(lambda: have_been_served(context, gate, (1,)))
