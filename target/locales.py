"""Targets say in English what went wrong: what they say of errors is read (`EndReportPatterns`).

strerror(3) and gettext(3) answer in the language of the user. LC_ALL comes before LC_MESSAGES, and
that before LANG; LANGUAGE counts where none of them is "C" (locale(7)).
"""

from collections.abc import Mapping

OTHERS = ("LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY")
"""What LC_ALL sets besides the messages, and what a program computes with."""


def with_english_messages(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that differs in the language of messages alone."""
    found = dict(environment)
    found.pop("LANGUAGE", None)
    if _is_english(found.get("LC_ALL") or found.get("LC_MESSAGES") or found.get("LANG") or "C"):
        return found
    if everything := found.pop("LC_ALL", ""):
        found |= dict.fromkeys(OTHERS, everything)
    return found | {"LC_MESSAGES": "C"}


def _is_english(locale: str) -> bool:
    return locale.partition(".")[0] in ("C", "POSIX") or locale.startswith("en")
