"""Mutants that are no mistakes: nothing that can happen shows the difference.

The keys are those of docs/trust.json; the values say why.
"""

SAME_TIME = "two events are never recorded at the same moment"
SAME_INSTANT = "what has passed, or was used, is never as long as the limit to the nanosecond"
NANOSECOND = "a second that is a nanosecond longer or shorter is the same"
BEFORE = "it is a place or a time before the first event, however far"
FOR_TYPES = "where the rest holds it holds as well: it is there for the type checker"
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
RECORDS = "properties/server/connection_records.py"
STILLNESS = "properties/engine/stillness.py"
WAITING = "properties/engine/waiting.py"
SPINNING = "properties/engine/spinning.py"

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
    f"{RECORDS}:ConnectionRecord: constant: 1 -> 2": BEFORE,
    f"{RECORDS}:ConnectionRecord: constant: 1 -> 2 (2)": BEFORE,
    f"{RECORDS}:ConnectionRecord: constant: 1.0 -> 2.0": BEFORE,
    f"{RECORDS}:ConnectionRecord.final_stall: compared: self.ended_at > self.stalls[-1][0] -> "
    "self.ended_at >= self.stalls[-1][0]": "an end and a wait are two events",
    f"{RECORDS}:ConnectionRecord.final_stall: constant: 1 -> 0": (
        "a client that has ended is not waited for: its end comes before no wait, or after the last"
    ),
    f"{RECORDS}:ConnectionRecord.final_stall: compared: self.received_last > position -> "
    "self.received_last >= position": "bytes that come and a wait are two events",
    **{
        f"{RECORDS}:ConnectionRecord.{change}": SAME_TIME
        for change in (
            "_read: compared: at > stall.at -> at >= stall.at",
            "_read: compared: at[0] < self.received_at -> at[0] <= self.received_at",
            "late_end: compared: at < ended.at -> at <= ended.at",
            "late_end: compared: s.at < at -> s.at <= at",
            "_came_after_a_departure: compared: stall.at < at < self.received_at -> "
            "stall.at <= at < self.received_at",
            "_came_after_a_departure: compared: stall.at < at < self.received_at -> "
            "stall.at < at <= self.received_at",
            "is_after_a_disturbance: compared: self.others_disturbed_at < event.at -> "
            "self.others_disturbed_at <= event.at",
        )
    },
    f"{RECORDS}:ConnectionRecord._came_after_a_departure: negated: for client, at in departures if "
    "client != self.client -> for client, at in departures": (
        "nobody receives once it has left itself"
    ),
    f"{RECORDS}:_gathered: constant: 2 -> 3": (
        "the first that is another one's is among the first two"
    ),
    f"{CLIENT}/summary.py:_finished_first: compared: one.at <= first.at -> one.at < first.at": (
        SAME_TIME
    ),
    f"{STILLNESS}:Stillness._has_woken_enough: joined: not followed or self._pace.timers_matter or "
    "_rest_moves(before, see... -> self._pace.timers_matter or _rest_moves(before, seen, "
    "followed)": "where none is followed the rest is all of it, which is known to move",
    f"{STILLNESS}:wakes_by_itself: joined: thread.sleeps and thread.wait is not None and "
    "thread.wait.timed -> thread.sleeps and thread.wait.timed": FOR_TYPES,
    **{
        f"{WAITING}:Quiescence.{change}": SAME_INSTANT
        for change in (
            "_conclude: compared: waited > min(SOON, self._patience / 2) -> "
            "waited >= min(SOON, self._patience / 2)",
            "_conclude: compared: waited > self._io_loop.patience -> "
            "waited >= self._io_loop.patience",
            "_conclude: compared: waited > self._io_loop.patience -> "
            "waited >= self._io_loop.patience (2)",
            "_conclude: compared: waited > AWAKE -> waited >= AWAKE",
            "_conclude: compared: waited > self._patience -> waited >= self._patience",
            "_after_patience: compared: used > self._patience / 2 -> used >= self._patience / 2",
            "_after_patience: compared: waited > STARVED_FACTOR * self._patience -> "
            "waited >= STARVED_FACTOR * self._patience",
        )
    },
    **{
        f"{WAITING}:Quiescence._conclude: joined: self._handle is None or self._stillness is None "
        f"-> {change}": FOR_TYPES
        for change in (
            "self._handle is None and self._stillness is None",
            "self._handle is None",
            "self._stillness is None",
        )
    },
    f"{WAITING}:Quiescence._spins: joined: detector is None or seen is None -> detector is None": (
        "it is asked after a look: the condition is there for the type checker"
    ),
    f"{WAITING}:Quiescence._is_still: constant: 0.0 -> -1.0": "no time that has passed is below 0",
    f"{WAITING}:Quiescence._after_patience: joined: self._times_at_start or {{}} -> "
    "self._times_at_start": (
        "a wait for all of the patience has read them: the condition is there for the type checker"
    ),
    f"{WAITING}:Quiescence._after_patience: constant: 1000000000.0 -> 1000000001.0": NANOSECOND,
    f"{WAITING}:Quiescence._after_patience: constant: 1000000000.0 -> 999999999.0": NANOSECOND,
    f"{SPINNING}:SpinDetector.spinning: constant: 1000000000.0 -> 1000000001.0": NANOSECOND,
    f"{SPINNING}:SpinDetector.spinning: constant: 1000000000.0 -> 999999999.0": NANOSECOND,
    f"{SPINNING}:SpinDetector.spinning: compared: max(used.values(), default=0.0) > NOTED -> "
    "max(used.values(), default=0.0) >= NOTED": SAME_INSTANT,
    f"{SPINNING}:SpinDetector.spinning: constant: 0.0 -> -1.0": (
        "both are below what is worth a look"
    ),
    f"{SPINNING}:SpinDetector.spinning: compared: used[tid] > self._limit_of(tid) -> "
    "used[tid] >= self._limit_of(tid)": SAME_INSTANT,
    f"{SPINNING}:RestDetector._rests: joined: bool(timed) and before is not None and "
    "(not settled.restless(before... -> bool(timed) and (not settled.restless(before, "
    "self._others))": "beside no look at all another one has moved: it is for the type checker",
    f"{SPINNING}:RestDetector._is_awake: constant: False -> True": (
        "what is forgotten once more was not learnt again before"
    ),
    f"{SETTLED}: constant: 'aarch64' -> 'aarch64_'": OTHER_MACHINE,
    f"{SETTLED}: constant: 'aarch64' -> 'aarch64_' (2)": OTHER_MACHINE,
    f"{SETTLED}: constant: 272 -> 273": OTHER_MACHINE,
    f"{SETTLED}: constant: 272 -> 271": OTHER_MACHINE,
    **{
        f"{SETTLED}:_differ_in_descriptors: constant: 0 -> {change}": (
            "kcmp(2) looks at no number where it compares tables of descriptors"
        )
        for change in ("1", "-1", "1 (2)", "-1 (2)")
    },
    f"{SETTLED}: constant: 438 -> 439 (2)": OTHER_MACHINE,
    f"{SETTLED}: constant: 438 -> 437 (2)": OTHER_MACHINE,
    f"{SETTLED}: constant: True -> False": "the error number is not looked at",
    "target/resting.py: constant: 'ZXTt' -> 'ZXTt_'": NO_STATE,
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
