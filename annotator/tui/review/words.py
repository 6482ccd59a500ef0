"""A ruling, what became of it, and earlier ones, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable

from annotator.errors import AnnotatorError, AnswerError
from annotator.model.classification import Answer, Ruling
from annotator.model.outline import position
from annotator.model.person import Cause
from annotator.model.review import Comparison, Precedent
from annotator.model.rounds import short
from annotator.model.taxonomy import Field, Taxonomy
from annotator.tui.key_plan import Entry
from annotator.tui.keys import Keys
from annotator.tui.review.disputed_rows import counted
from annotator.tui.review.state import ReviewState
from annotator.tui.words import APART, STATE_WORDS, answer_words, value_words

DECIDING = frozenset({"adopt", "own_value", "adopt_majority", "adopt_union", "next_open"})
"""Actions whose keys are shown only while something can be ruled."""
STATUS_WORDS = {"untouched": "undecided", "draft": "being decided"}
CAUSE_WORDS: dict[Cause, str] = {
    "misread": "somebody misread or overlooked what is written",
    "guideline_unclear": "the guidance can be read both ways",
    "taxonomy_gap": "no choice fits what happened",
    "judgement": "there are good reasons for either",
    "slip": "a wrong key, a typing error",
}
"""What each cause means."""


def cause_in_words(cause: str) -> str:
    """Such as `guideline unclear`."""
    return cause.replace("_", " ")


def said(field: Field | None, answer: Answer) -> str:
    """An answer in words, also to a field that the taxonomy no longer has."""
    return answer_words(field, answer) if field else str(answer.value)


def sure(confidence: float | None) -> str:
    """Such as `80 % sure`; nothing when nobody said."""
    return "" if confidence is None else f"{round(confidence * 100)} % sure"


def ruling_in_words(field: Field | None, ruling: Ruling, elsewhere: str = "") -> str:
    """What was ruled, by whom, when and why; `elsewhere` says of one that an import brought where it comes from."""
    parts = [said(field, ruling.answer), f"by {ruling.by}", ruling.at[:10], cause_in_words(ruling.cause)]
    brought = elsewhere if ruling.is_imported else ""
    return " · ".join([*parts, *filter(None, [sure(ruling.confidence), ruling.note, brought])])


def elsewhere_in_words(field: Field | None, compared: Comparison, elsewhere: str, called: Callable[[str], str]) -> str:
    """What was decided elsewhere, and who speaks against it here; nothing where a ruling that holds tells it."""
    if compared.elsewhere is None or compared.ruling is not None:
        return ""
    words = f"{said(field, compared.elsewhere)} · {elsewhere}"
    if not compared.against:
        return words
    return f"{words}, no longer holds: {', '.join(map(called, compared.against))} handed in another answer here"


def pending_in_words(field: Field | None, answer: Answer) -> str:
    """That a ruling is on its way to the file."""
    return f"{said(field, answer)} · being saved"


def refused_in_words(field: Field | None, answer: Answer, reason: str) -> str:
    """That a ruling is not in the file, and why."""
    return f"{said(field, answer)} · not saved: {reason}"


def outdated_in_words(field: Field | None, compared: Comparison, called: Callable[[str], str]) -> str:
    """Why a ruling that was made does not hold any more; `called` says how people are named here."""
    made = compared.outdated
    if made is None or compared.against:
        return ""
    before = {name: position(each.state, each.value) for name, each in made.between.items()}
    words = f"{said(field, made.answer)}, ruled by {called(made.by)}, no longer holds: "
    if set(before.values()) == set(compared.positions.values()):
        return words + f"{called(made.by)} has classified this subject too"
    changed = [called(name) for name, held in compared.positions.items() if before.get(name) != held]
    gone = [called(name) for name in before if name not in compared.positions]
    told = [f"{', '.join(changed)} answered otherwise since"] if changed else []
    told += [f"{', '.join(gone)} took the answer back"] if gone else []
    return words + "; ".join(told)


def precedent_in_words(field: Field | None, one: Precedent, names_shown: bool) -> str:
    """An earlier ruling between the same answers."""
    if one.state != "answered":
        value = STATE_WORDS.get(one.state, one.state)
    else:
        value = value_words(field, one.value) if field else str(one.value)
    by = f"{one.ruled_by}, " if names_shown else ""
    parts = [f"{one.subject}: {value}", cause_in_words(one.cause), *filter(None, [one.note, one.elsewhere])]
    return f"{' · '.join(parts)} ({by}{one.ruled_at[:10]})"


def missing_in(error: AnnotatorError | None, taxonomy: Taxonomy) -> dict[str, str]:
    """What is wrong with which field, of those the taxonomy has; nothing when an error is about something else."""
    problems = error.problems if isinstance(error, AnswerError) else []
    found: dict[str, str] = {}
    for problem in problems:
        if problem.field in taxonomy.by_id:
            found.setdefault(problem.field, problem.message)
    return found


def standing_in_words(state: ReviewState, namespace: str, round_: int) -> str:
    """How far the decision about a subject has come."""
    now, disputed = state.review.adjudicated, len(state.disputed)
    parts = [
        namespace,
        f"round {short(round_)}",
        f"{len(state.open)} of {counted(disputed, 'field')} open" if disputed else "nobody differs",
        "decided elsewhere" if now.decision and now.decision.is_imported else STATUS_WORDS.get(now.status, now.status),
        *(["published"] if state.is_published else []),
        *(["STALE"] if state.review.stale else []),
        *([f"{APART} in conflict"] if state.review.conflicts else []),
    ]
    return " · ".join(parts)


def footer_of(keys: Keys, state: ReviewState) -> tuple[Entry, ...]:
    """The keys to offer: nothing that cannot work."""
    closed = bool(state.refusal) or state.is_adjudicated
    entries = [entry for entry in keys.footer("review") if not (closed and entry[2] in DECIDING)]
    if state.is_adjudicated:
        publish = "withdraw" if state.is_published else "publish"
        more = [("publish", publish), *([] if publish == "withdraw" else [("reopen_adjudication", "reopen")])]
        shown = [(keys.shown(name, "review"), words, name) for name, words in more]
        entries = [*([] if state.refusal else shown), *(each for each in entries if each[2] != "adjudicate")]
    elif state.refusal:
        entries = [entry for entry in entries if entry[2] != "adjudicate"]
    return tuple(entries)
