"""All invariants of a client, in the order in which they are shown: one line each."""

from properties.client.invariants import (
    connect_survives_signal,
    dies_loudly,
    exact_output,
    exit_status,
    leaves_as_found,
    no_data_lost_at_eof,
    no_self_connect,
    no_spin,
    notices_eof,
    reports_eof,
    reports_output_error,
    reports_reset,
    reports_unreachable,
    tries_each_address,
)
from properties.model.verdict import Invariant

CLIENT_INVARIANTS: tuple[Invariant, ...] = (
    exact_output.INVARIANT,
    no_data_lost_at_eof.INVARIANT,
    notices_eof.INVARIANT,
    reports_eof.INVARIANT,
    reports_reset.INVARIANT,
    reports_unreachable.INVARIANT,
    exit_status.INVARIANT,
    dies_loudly.INVARIANT,
    connect_survives_signal.INVARIANT,
    tries_each_address.INVARIANT,
    no_self_connect.INVARIANT,
    reports_output_error.INVARIANT,
    leaves_as_found.INVARIANT,
    no_spin.INVARIANT,
)
