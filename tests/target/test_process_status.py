"""What a process catches."""

import os
import threading

from target import process_status


def test_what_a_thread_library_sends_to_itself_is_nothing_that_a_program_catches() -> None:
    before = process_status.signals_of(os.getpid())
    # To change the user in all threads, the library installs a handler (nptl(7)).
    thread = threading.Thread(target=lambda: os.setreuid(-1, -1))
    thread.start()
    thread.join()
    after = process_status.signals_of(os.getpid())
    assert before is not None
    assert after is not None
    assert after.caught - before.caught == frozenset()
    assert {32, 33}.isdisjoint(after.caught)
