"""The role of a client under test."""

from faults.registry import CLIENT_FAULTS
from properties.client import events, steps
from properties.client.families import CLIENT_FAMILIES
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.client.timeline import picture
from properties.model import events as common_events
from properties.model.role import Role, vocabulary
from properties.model.target_spec import RoleName

CLIENT = Role(
    name=RoleName.CLIENT,
    families=CLIENT_FAMILIES,
    invariants=CLIENT_INVARIANTS,
    words=vocabulary(
        {
            "terminal": steps.Terminal,
            "file": steps.FromFile,
            "accept": steps.Accept,
            "type": steps.Type,
            "type-until-held": steps.TypeUntilHeld,
            "answer": steps.Answer,
            "say": steps.Say,
            "end-input": steps.EndInput,
        },
        CLIENT_FAULTS,
        common_events,
        events,
    ),
    picture=picture,
    closing="a line is typed and echoed if it still can be, the input ends, and the server closes",
)
