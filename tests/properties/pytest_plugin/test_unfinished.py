"""An interrupted run of pytest: wherever it is interrupted, its findings are reported."""

import pytest

from properties.pytest_plugin.unfinished import Gathers

NO_LINE = 0xF8
"""An entry of a code object's line table: one instruction that has no line (PEP 626)."""


def interrupted_where_there_is_no_line() -> pytest.ExceptionInfo[KeyboardInterrupt]:
    code = compile("raise KeyboardInterrupt", __file__, "exec")
    bare = code.replace(co_linetable=bytes([NO_LINE] * len(code.co_code)))
    with pytest.raises(KeyboardInterrupt) as interruption:
        exec(bare)
    return interruption


def test_pytest_can_tell_of_an_interruption_where_there_is_no_line() -> None:
    interruption = interrupted_where_there_is_no_line()
    Gathers().pytest_keyboard_interrupt(interruption)
    assert "KeyboardInterrupt" in str(interruption.getrepr(funcargs=True))
