"""The role of a server under test."""

from faults.registry import FAULTS
from faults.registry import ON_REQUEST as FAULTS_ON_REQUEST
from properties.engine import states
from properties.model import events as common_events
from properties.model.role import Role, vocabulary
from properties.model.target_spec import RoleName
from properties.server import events, process_events, steps
from properties.server.families import FAMILIES, ON_REQUEST
from properties.server.follow_ups import events as follow_up_events
from properties.server.invariants.registry import INVARIANTS
from properties.server.schedules import events as schedule_events
from properties.server.stopping import events as stop_events
from properties.server.timeline.picture import picture

SERVER = Role(
    name=RoleName.SERVER,
    families=FAMILIES,
    invariants=INVARIANTS,
    words=vocabulary(
        {
            "open": steps.Open,
            "send": steps.Send,
            "receive": steps.Receive,
            "half-close": steps.HalfClose,
            "close": steps.Close,
            "reset": steps.Reset,
            "fill": steps.Fill,
            "standstill": steps.Standstill,
            "silence": steps.Silence,
            "stop": steps.Stop,
            "continue": steps.Continue,
        },
        (*FAULTS, *FAULTS_ON_REQUEST),
        common_events,
        events,
        process_events,
        states,
        stop_events,
        schedule_events,
        follow_up_events,
    ),
    picture=picture,
    closing="every client that is still connected ends: half-close, EOF, close",
    on_request=ON_REQUEST,
)
