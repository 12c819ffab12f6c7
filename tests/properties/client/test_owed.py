"""What a client is owed does not depend on how its input is cut."""

from properties.client.owed import OwedToUser
from properties.model.oracle import Echo


def test_what_is_owed_at_the_end_stays_the_same_while_the_input_is_taken() -> None:
    owed = OwedToUser(Echo())
    owed.input_changes()
    assert owed.at_end(b"two lines\nof text\n") == 18
    owed.sent(b"two lines\n")
    assert owed.now == 10
    assert owed.at_end(b"of text\n") == 18


def test_more_input_is_more_that_is_owed() -> None:
    owed = OwedToUser(Echo())
    assert owed.at_end(b"a\n") == 2
    owed.input_changes()
    assert owed.at_end(b"a\nb\n") == 4
