# mistake: the third set of select() is taken for errors: urgent data ends the connection (UNP 6.3)
# invariant: exact_echo
# fault: urgent_data
"""A select loop that closes what has an exceptional condition pending."""

from tests.mutants.select_loop import leave, serve_select
from tests.mutants.unp import tcp_listen

serve_select(tcp_listen(), leave)
