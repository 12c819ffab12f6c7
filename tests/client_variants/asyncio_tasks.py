# correct: two asyncio tasks, one for each direction (UNP 16.2)
"""A client on asyncio's low-level socket calls: what lies in the receive queue is always read."""

from tests.client_mutants.asyncio_talk import run

run()
