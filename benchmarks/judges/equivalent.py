"""Mutants that are no mistakes: nothing that can happen shows the difference.

The keys are those of docs/trust.json; the values say why.
"""

SAME_TIME = "two events are never recorded at the same moment"
BELOW = "a count is compared with a smaller one, and none is below 0"
IS_ENDED = "what was ended unasked has ended: the condition is there for the type checker"
OTHER_MACHINE = "it is a number of another kind of machine than the one it was measured on"
NO_STATE = "no state of a thread has this letter"
STANDARD_INPUT = "the copy of a descriptor is never number 0, which is standard input"
NOT_LOOKED_AT = "of a call without a timeout among its arguments the place is not looked at"
ANNOTATION = "it is an annotation"
EXPORTED = "nothing is imported by `import *`"
SETTLED = "target/settled.py"
WAITS = "target/waits.py"
LEVELS = "properties/model/levels.py"
LEVELS_EXPORTS = ("EXCEPTIONS", "LEVELS", "Level", "LevelException")
SERVER = "properties/server/invariants"
CLIENT = "properties/client"

EQUIVALENT: dict[str, str] = {
    f"{SERVER}/clean_stop.py:_not_served: compared: stall.at >= told.at -> stall.at > told.at": (
        SAME_TIME
    ),
    f"{SERVER}/prompt_service.py:_is_in_wait: compared: event.at <= stall.at -> "
    "event.at < stall.at": SAME_TIME,
    f"{CLIENT}/summary.py:summarize: compared: e.at <= ended.at -> e.at < ended.at": SAME_TIME,
    f"{CLIENT}/summary.py:_is_typed_after_the_end: compared: event.at >= first.at -> "
    "event.at > first.at": SAME_TIME,
    f"{CLIENT}/endings.py:_may_send_more: compared: event.at <= fin.at -> event.at < fin.at": (
        SAME_TIME
    ),
    f"{CLIENT}/endings.py:_may_send_more: compared: event.at > fin.at -> event.at >= fin.at": (
        SAME_TIME
    ),
    f"{CLIENT}/endings.py:ending_of: constant: 1 -> 0": (
        "a first end that is a reset has been judged two lines above"
    ),
    f"{CLIENT}/summary.py:summarize: constant: 0.0 -> 1.0": "when it was said is not looked at",
    f"{CLIENT}/summary.py:summarize: constant: 0.0 -> -1.0": "when it was said is not looked at",
    f"{CLIENT}/summary.py:_finished_early: constant: 0.0 -> -1.0": (
        "a client that finishes at the very beginning does not finish before it"
    ),
    f"{CLIENT}/invariants/exact_output.py:_must_be_printed: constant: 0 -> -1": BELOW,
    f"{CLIENT}/invariants/no_self_connect.py:_own_bytes: constant: 0 -> 1": (
        "as few bytes prove nothing either"
    ),
    f"{CLIENT}/invariants/no_self_connect.py:_own_bytes: constant: 0 -> -1": (
        "as few bytes prove nothing either"
    ),
    f"{CLIENT}/invariants/reports_output_error.py:judge: joined: not lost or not "
    "run.ended_by_itself or run.exit is None -> not lost or not run.ended_by_itself": (
        "what ended by itself has ended: the condition is there for the type checker"
    ),
    f"{SERVER}/exact_echo.py:_wrong: joined: record.ended is not None and record.ended_unasked and "
    "(record.was_t... -> record.ended_unasked and (record.was_timed_out or not (is_left and "
    "...": IS_ENDED,
    f"{SERVER}/isolation.py:_ended: joined: record.mismatch is None and record.ended is not None "
    "and record.end... -> record.mismatch is None and record.ended_unasked and (not "
    "record.wa...": IS_ENDED,
    f"{SERVER}/listener_survives.py:_unserved: joined: record.ended is not None and "
    "record.was_turned_away -> record.was_turned_away": (
        "a client that connected and was turned away has been ended: it is for the type checker"
    ),
    f"{SERVER}/no_zombies.py:judge: negated: for census in reversed(taken) if census.label == "
    "'end' -> for census in reversed(taken)": "the census of the end is the last that is taken",
    "properties/server/limits/client_limit.py:beyond_the_limit: joined: limit is None or not "
    "any((record.is_over_the_limit for record in re... -> not any((record.is_over_the_limit for "
    "record in records))": "nobody is over a limit that was not seen",
    "properties/server/disturbances.py:disturbed_clients: constant: 0.0 -> -1.0": (
        "nothing happens before the beginning"
    ),
    f"{SETTLED}: constant: 'aarch64' -> 'aarch64_'": OTHER_MACHINE,
    f"{SETTLED}: constant: 438 -> 439 (2)": OTHER_MACHINE,
    f"{SETTLED}: constant: 438 -> 437 (2)": OTHER_MACHINE,
    f"{SETTLED}: constant: True -> False": "the error number is not looked at",
    f"{SETTLED}:at_rest: constant: 'ZXTt' -> 'ZXTt_'": NO_STATE,
    f"{SETTLED}:restless: constant: 'ZXT' -> 'ZXT_'": NO_STATE,
    f"{SETTLED}:restless: joined: thread.wait is None or thread.wait.timed -> thread.wait.timed": (
        "what sleeps is in a call: the condition is there for the type checker"
    ),
    f"{SETTLED}:timeouts_of: constant: 16 -> 17": "the kernel fills 16 bytes of a longer buffer",
    f"{SETTLED}:copy_descriptor: compared: copied >= 0 -> copied > 0": STANDARD_INPUT,
    f"{SETTLED}:copy_descriptor: constant: 0 -> 1 (2)": STANDARD_INPUT,
    f"{WAITS}: constant: 0 -> 1": NOT_LOOKED_AT,
    f"{WAITS}: constant: 0 -> -1": NOT_LOOKED_AT,
    f"{WAITS}: constant: 0 -> 1 (2)": NOT_LOOKED_AT,
    f"{WAITS}: constant: 0 -> -1 (2)": NOT_LOOKED_AT,
    f"{WAITS}: left_out: (Timeout, int) -> (int,)": ANNOTATION,
    f"{WAITS}: left_out: (Timeout, int) -> (Timeout,)": ANNOTATION,
    f"{WAITS}:Timeout: constant: 'none' -> 'none_'": "the value is a word for who reads the source",
    f"{WAITS}: constant: 'aarch64' -> 'aarch64_' (2)": OTHER_MACHINE,
    f"{WAITS}: constant: 128 -> 129 (2)": OTHER_MACHINE,
    f"{WAITS}: constant: 128 -> 127 (2)": OTHER_MACHINE,
    f"{WAITS}:parse: constant: 0 -> -1": "of a running thread nothing else is told",
    **{f"{LEVELS}: constant: {name!r} -> '{name}_'": EXPORTED for name in LEVELS_EXPORTS},
    **{
        f"{LEVELS}: left_out: {list(LEVELS_EXPORTS)} -> "
        f"{[one for one in LEVELS_EXPORTS if one != name]}": EXPORTED
        for name in LEVELS_EXPORTS
    },
}
