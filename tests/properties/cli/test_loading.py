"""While the modules of an action are loaded no garbage is collected; afterwards it is again."""

import gc

import pytest

from properties.cli.main import without_collecting


def test_garbage_is_collected_again_once_all_is_loaded() -> None:
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_garbage_is_collected_again_where_nothing_could_be_loaded() -> None:
    with pytest.raises(ImportError), without_collecting():
        raise ImportError
    assert gc.isenabled()
