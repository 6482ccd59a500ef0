"""What a person may see and do about a subject while annotation is blind, decided once per action.

An action asks for a `Standing`, one question to the database, and passes it on. Lists and figures
ask for a `Viewer`; what is open to one is said in `annotator/store/visibility.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

from annotator.desk.place import unknown
from annotator.desk.roles import may_lead, refuse_role
from annotator.desk.settings import KNOWN
from annotator.errors import AnswerError, RequestError
from annotator.model import roles
from annotator.model.person import ADJUDICATED, NO_WITNESS, same_name
from annotator.model.roles import DECIDING, WORKING
from annotator.model.rounds import InRounds, short
from annotator.model.staleness import SELF_ADJUDICATION
from annotator.model.visibility import NOBODY, Involved, Viewer
from annotator.store import project, visibility
from annotator.store.team import rounds

if TYPE_CHECKING:
    from annotator.model.classification import Classification
    from annotator.model.outline import SubjectKind
    from annotator.store.store import Store

BLIND = "blind_annotation"
WAY_OUT = f"`annotator settings {BLIND} no` opens everything to everybody"
FLAGS = ("flag_raised", "flag_resolved")


def _said(settings: Mapping[str, str], name: str) -> str:
    """A setting by what the team said, else its default."""
    return settings.get(name, KNOWN[name][0])


def refuse_nobody(annotator: str) -> None:
    """Refuse to change anything for somebody who did not say who they are; raises RequestError."""
    if not annotator:
        raise RequestError("Say who you are first: --as NAME, or `annotator: NAME` in the config file.")


def refuse_published(now: Classification) -> None:
    """Refuse to take back what readers have before them; raises AnswerError."""
    if now.publish == "published":
        of = now.identity
        raise AnswerError(f"{of.subject} under {of.taxonomy} is published; withdraw it first.")


class Work(NamedTuple):
    """Something somebody is at work on, or has to do."""

    round: int
    is_begun: bool


@dataclass(frozen=True)
class Standing:
    """What one person may see and do about one subject under one taxonomy in one round."""

    annotator: str
    """Who asks; an empty name is nobody's, who may be anybody."""
    subject: str
    taxonomy: str
    round: int
    involved: Involved

    @property
    def kind(self) -> SubjectKind:
        """Whether the subject is an incident or a report."""
        return cast("SubjectKind", self.involved.kind)

    @property
    def about(self) -> str:
        """The subject and the taxonomy in words."""
        return f"{self.subject} under {self.taxonomy}"

    @property
    def is_blind(self) -> bool:
        """Whether the team annotates blind."""
        return _said(self.involved.settings, BLIND) == "yes"

    @property
    def work(self) -> list[Work]:
        """What they are at work on here, or for nobody, what anybody is; nothing when it is not blind."""
        if not self.is_blind:
            return []
        drafts = [Work(each.round, True) for each in self.involved.begun
                  if each.status == "draft" and self._counts(each.annotator)]  # fmt: skip
        return drafts + [Work(round_, False) for name, round_ in self.involved.dealt if self._counts(name)]

    @property
    def own(self) -> dict[int, str]:
        """What they have here, by round, with its status."""
        return {
            each.round: each.status for each in self.involved.begun if self.annotator and self._is_own(each.annotator)
        }

    @property
    def looked_at(self) -> str:
        """When they first saw others' answers as one who decides; empty when they did not."""
        return min((at for name, at in self.involved.looked.items() if self._is_own(name)), default="")

    @property
    def barred(self) -> dict[str, str]:
        """Those who have work of their own here, with its status; nobody when the team allows them to decide."""
        if _said(self.involved.settings, SELF_ADJUDICATION) == "yes":
            return {}
        return {
            each.annotator: each.status
            for each in self.involved.begun
            if each.round == self.round and each.annotator != ADJUDICATED
        }

    @property
    def is_anything_closed(self) -> bool:
        """Whether a review would show somebody who is not at work here what is closed to them otherwise."""
        begun = self.involved.begun
        handed_in = any(each.status == "submitted" and self._is_own(each.annotator) for each in begun)
        if not self.is_blind or handed_in or self.looked_at:
            return False
        decided = (each for each in begun if each.status == "submitted" or each.annotator == ADJUDICATED)
        return any(each.round == self.round and not (each.is_published or each.is_imported) for each in decided)

    def refuse_at_work(self) -> None:
        """Refuse somebody who is at work here, or nobody while anybody is; raises AnswerError."""
        found = self.work
        if not found:
            return
        if not self.annotator:
            raise AnswerError(
                f"{self.about}: somebody is at work on it, and you may be them. Say who you are: --as NAME. {WAY_OUT}."
            )
        begun = [each.round for each in found if each.is_begun]
        if begun:
            raise AnswerError(
                f"{self.about}: submit your own answers before seeing others' (round {short(begun[0])}), or skip it. "
                f"{WAY_OUT}."
            )
        raise AnswerError(
            f"{self.about}: you are to classify it yourself in round {short(found[0].round)}. Hand it in or skip it "
            f"before seeing others' answers, or have it taken back. {WAY_OUT}."
        )

    def refuse_earlier(self, round_: int) -> None:
        """Refuse somebody their own work of another round than the one they are at work in; raises AnswerError."""
        found = {each.round for each in self.work}
        if found and round_ not in found:
            raise AnswerError(
                f"{self.about}: you are classifying it in round {short(min(found))}, so what you said in round "
                f"{short(round_)} stays closed until you hand that in. {WAY_OUT}."
            )

    def refuse_who_looked(self, now: Classification, kind: str) -> None:
        """Refuse an edit that makes work of somebody who has seen others' answers; call in its transaction.

        Leaving a subject aside stays possible, and so do flags on what was handed in. Raises AnswerError.
        """
        if now.status != "draft" and (now.status != "submitted" or kind in FLAGS):
            return
        if self.is_blind and self.looked_at:
            raise AnswerError(
                f"{self.about}: you have looked at others' answers on {self.looked_at[:10]}, so yours "
                f"would not be independent; somebody else classifies it. {WAY_OUT}."
            )
        if self.is_blind and self.involved.decided:
            raise AnswerError(
                f"{self.about}: you decided about it on {self.involved.decided[:10]}, and what was decided tells "
                f"others' answers, so yours would not be independent; somebody else classifies it. {WAY_OUT}."
            )

    def refuse_readers(self) -> None:
        """Refuse who is a reader here; raises RequestError."""
        refuse_role(self.involved.settings, self._called, WORKING, "changes anything")

    def refuse_who_decides_not(self, what: str = "decides") -> None:
        """Refuse who has a role that does not decide; raises RequestError."""
        refuse_role(self.involved.settings, self._called, DECIDING, what)

    def refuse_own(self) -> None:
        """Refuse to decide without the role, or about what one has classified; raises RequestError or AnswerError."""
        refuse_nobody(self.annotator)
        self.refuse_who_decides_not()
        for name, status in self.barred.items():
            if self._is_own(name):
                raise AnswerError(
                    f"{self.about}: you classified it yourself ({status}), so somebody else decides about it. "
                    f"`annotator settings {SELF_ADJUDICATION} yes` lets a team decide otherwise."
                )

    @property
    def _called(self) -> str:
        return self.involved.known_as or self.annotator

    def _counts(self, name: str) -> bool:
        return self._is_own(name) if self.annotator else name not in NO_WITNESS

    def _is_own(self, name: str) -> bool:
        return name in {self.annotator, self.involved.known_as} or same_name(name, self.annotator)


class Visibility:
    """Decides for one person what they may see and do."""

    def __init__(self, store: Store, annotator: str, named: int = 0) -> None:
        """Take an open store, who asks (an empty name is nobody's), and the round that is meant, if one was named."""
        self.store = store
        self.annotator = annotator
        self.named = named

    @cached_property
    def decided_in(self) -> InRounds:
        """Which round is compared and decided under each taxonomy."""
        if self.named:
            return InRounds(self.named)
        with self.store.reading() as transaction:
            return rounds.decided_in(transaction, self.viewer)

    def viewer(self, standing: Standing | None = None) -> Viewer:
        """Who asks, as one who is shown others' work; a standing that was asked for already is built upon."""
        with self.store.reading() as transaction:
            said = standing.involved.settings if standing else project.settings(transaction)
            is_blind = _said(said, BLIND) == "yes"
            has_roles = roles.are_given(said)
            leads = not has_roles or (bool(self.annotator) and may_lead(transaction, self.annotator))
            if not self.annotator or not is_blind:
                return NOBODY._replace(is_blind=is_blind, leads=leads)
            names = visibility.spellings(transaction, self.annotator)
            return Viewer(names, tuple(roles.reviewers(said)), has_roles=has_roles, leads=leads)

    def standing(self, key: str, taxonomy: str) -> Standing:
        """What this person may see and do about a subject; raises NotFoundError where there is none."""
        with self.store.reading() as transaction:
            involved = visibility.involved(transaction, key, taxonomy, self.annotator)
        if involved is None:
            raise unknown(key)
        return Standing(self.annotator, key, taxonomy, self.decided_in.under(taxonomy), involved)

    @contextmanager
    def looking(self, key: str, taxonomy: str) -> Iterator[Standing]:
        """Read others' answers inside, as one who decides; raises AnswerError for who is at work on the subject.

        That somebody has looked is kept, in the transaction they look in, when it was closed to them.
        """
        with self.store.reading():
            standing = self.standing(key, taxonomy)
            if not self.is_first_look(standing):
                yield standing
                return
        with self.store.writing():
            standing = self.standing(key, taxonomy)  # somebody may have begun, or handed in, just now
            self._keep_look(standing)
            yield standing

    @contextmanager
    def deciding(self, key: str, taxonomy: str, *, about_own: bool = False) -> Iterator[Standing]:
        """Decide about a subject inside, in one transaction; deciding is looking, even for who is refused then.

        Raises RequestError for nobody, AnswerError for who is at work there or, unless `about_own`, has classified it.
        """
        refuse_nobody(self.annotator)
        refused: AnswerError | RequestError | None = None
        with self.store.writing():
            standing = self.standing(key, taxonomy)
            standing.refuse_who_decides_not()
            if not about_own:
                standing.refuse_own()
            self._keep_look(standing)
            try:
                yield standing
            except (AnswerError, RequestError) as error:  # before anything was written but the look
                refused = error
        if refused:
            raise refused

    def is_first_look(self, standing: Standing) -> bool:
        """Whether looking keeps somebody from classifying the subject later; raises AnswerError like `looking`."""
        standing.refuse_at_work()
        if not standing.is_anything_closed:
            return False
        standing.refuse_who_decides_not("looks at what others handed in before they did")
        return bool(self.annotator) and not self.store.read_only

    def _keep_look(self, standing: Standing) -> None:
        if self.is_first_look(standing):
            with self.store.writing() as transaction:
                visibility.put(transaction, self.annotator, standing.subject, standing.taxonomy)
