"""How requirements read for a service that is no echo."""

import pytest

from properties.model.oracle import Service
from properties.model.target_spec import RoleName, Target
from properties.roles import ROLES
from properties.running.keywords import settings_from
from properties.services.builtin import Discard
from properties.services.registry import ECHO
from properties.services.wording import role_for


@pytest.mark.parametrize("name", list(RoleName))
def test_of_another_service_no_requirement_speaks_of_an_echo(name: RoleName) -> None:
    invariants = role_for(ROLES[name], "lines").invariants
    assert [one.id for one in invariants] == [one.id for one in ROLES[name].invariants]
    assert not [one.id for one in invariants if "echo" in one.requirement]
    assert not [one.id for one in invariants if "RFC 862" in one.section]


def test_of_an_echo_server_the_echo_is_required() -> None:
    assert role_for(ROLES[RoleName.SERVER], ECHO) == ROLES[RoleName.SERVER]


@pytest.mark.parametrize("service", ["discard", Discard()], ids=["by name", "an object"])
def test_a_run_is_judged_in_the_words_of_its_service(service: Service | str) -> None:
    settings = settings_from(Target.server("./mine {port}"), service=service, seed=1)
    first = settings.role.invariants[0]
    assert (first.id, first.section) == ("exact_echo", "the service")
