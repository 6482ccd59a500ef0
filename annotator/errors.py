"""The error tree. Every message says what is wrong, where, and the way out.

AnnotatorError                 exit code 1
├── RequestError               2   the command or call itself is wrong
├── NotFoundError              3   no such subject, taxonomy, field, annotator
├── AnswerError                4   an answer or a classification does not validate
├── OutdatedError              4   a decision was made on what others have changed meanwhile
├── TaxonomyError              4   a taxonomy file does not validate
├── SourceError                5   a file to import cannot be read
│   └── UnsafeArchiveError     5   an archive leaves its limits
├── StoreError                 6   the database cannot be used
│   ├── NotAStoreError         6   the file is something else
│   ├── StoreTooNewError       6   written by a newer program
│   ├── StoreTooOldError       6   written by an older program, and only to be read
│   ├── StoreLinkedError       6   others reach the file by another name
│   ├── StoreReplacedError     6   another file stands where the open one was, or in it, or none
│   ├── StoreForeignLogError   6   what stands beside the file was written for another one
│   ├── StoreUnreadableError   6   the file does not hold together without its log
│   ├── StoreBusyError         6   another process holds the lock
│   ├── StoreAlteredError      6   what somebody altered cannot be read
│   ├── StoppedError           6   nobody waits for the answer any more
│   └── StoreDiskError         8   the system refuses the database for a reason of its own
│       ├── StoreReadOnlyError 8   the file or its folder cannot be written
│       └── StoreFullError     8   no space left; nothing of the change was kept
├── OutputError                7   a file to write, or standard output, cannot be written
└── DiskError                  8   the system refuses another file for a reason of its own
"""

from __future__ import annotations

from dataclasses import dataclass


class AnnotatorError(Exception):
    """Anything a person can put right; its text is shown as it is."""

    exit_code = 1


class RequestError(AnnotatorError):
    """The request itself is wrong."""

    exit_code = 2


class NotFoundError(AnnotatorError):
    """What was asked for is not there."""

    exit_code = 3


@dataclass(frozen=True)
class Problem:
    """One finding about an answer or a line of a file."""

    field: str
    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Write `file:line: field: message`, leaving out what is not known."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.field, self.message) if part)


class InvalidError(AnnotatorError):
    """Something that was read does not validate; carries each finding."""

    exit_code = 4

    def __init__(self, problems: list[Problem] | str) -> None:
        """Take the findings, or one sentence."""
        self.problems = [Problem("", problems)] if isinstance(problems, str) else problems
        super().__init__("\n".join(str(problem) for problem in self.problems))


class AnswerError(InvalidError):
    """An answer or a classification does not validate."""


class OutdatedError(AnnotatorError):
    """What somebody decided on is not what is there now; nothing of that is told, and nothing was decided."""

    exit_code = 4


class TaxonomyError(InvalidError):
    """A taxonomy file does not validate."""


class SourceError(AnnotatorError):
    """A file to import cannot be read."""

    exit_code = 5


class UnsafeArchiveError(SourceError):
    """An archive holds paths, links or sizes outside the limits."""


class StoreError(AnnotatorError):
    """The database cannot be used."""

    exit_code = 6


class NotAStoreError(StoreError):
    """The file is not a database of this program."""


class StoreTooNewError(StoreError):
    """The file was written by a newer version of the program."""


class StoreTooOldError(StoreError):
    """The file was written by an older version of the program, and is not to be brought up to date."""


class StoreLinkedError(StoreError):
    """Others reach the file by another name, beside which they would keep another log."""


class StoreReplacedError(StoreError):
    """Another file stands where the open one was, or none; or it is not as it was left: `is_overwritten`.

    With `has_lost_log` the file is there, and its log is not. While it `is_being_saved` what can still be saved of it
    is, and where is not known yet.
    """

    def __init__(
        self, words: str, *, is_overwritten: bool = False, has_lost_log: bool = False, is_being_saved: bool = False
    ) -> None:
        """Take the sentence, and what it is about."""
        super().__init__(words)
        self.is_overwritten = is_overwritten
        self.has_lost_log = has_lost_log
        self.is_being_saved = is_being_saved


class StoreForeignLogError(StoreError):
    """Beside the file stands a log that was written for another file, or for another state of it."""


class StoreUnreadableError(StoreError):
    """The file does not hold together without its log."""


class StoreBusyError(StoreError):
    """Another process holds the write lock."""


class StoppedError(StoreError):
    """What was asked for took long, and is not wanted any more."""


class StoreDamagedError(StoreError):
    """The file does not hold together any more; its cause is what SQLite found."""


class StoreAlteredError(StoreError):
    """The file holds something else than was written there, which cannot be read; its cause is what came of it."""


class StoreDiskError(StoreError):
    """The system refuses the database otherwise than as one of the next two says, as a disk that fails."""

    exit_code = 8


class StoreReadOnlyError(StoreError):
    """The file cannot be written: its disk can only be read, or somebody has no right to it."""

    exit_code = 8


class StoreFullError(StoreError):
    """The disk is full."""

    exit_code = 8


REFUSED_BY_SYSTEM = (StoreDiskError, StoreReadOnlyError, StoreFullError)


class OutputError(AnnotatorError):
    """A file to write, such as an export, cannot be written; what was there before is untouched."""

    exit_code = 7


class DiskError(AnnotatorError):
    """The same of a file that is no database, and not the one that was to be written."""

    exit_code = 8
