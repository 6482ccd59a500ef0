"""The parts of the tagging screen, and what all of its work shares."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from annotator.models.classification import Answer, Classification
from annotator.models.queue import QueueView
from annotator.models.subject import SubjectView
from annotator.models.taxonomy import Field, Taxonomy
from annotator.session import Session
from annotator.tui.actions import Place
from annotator.tui.key_plan import key_plan
from annotator.tui.keys import Keys
from annotator.tui.questionnaire import Questionnaire
from annotator.tui.screens.subject_reading import SubjectReading
from annotator.tui.widgets.form import Form
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.report_pane import ReportPane
from annotator.tui.widgets.taxonomy_tabs import TaxonomyTabs
from annotator.tui.widgets.text_line import TextLine


class TaggingFrame(SubjectReading):
    """Report beside form, guidance below; knows which subject and taxonomy are open."""

    PLACE: Place = "tagging"
    CSS_PATH = "tagging.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (20, "-short"), (30, "-medium"), (44, "-tall")]
    SAID_FOR = 3.0

    tabs = getters.query_one("#tabs", TaxonomyTabs)
    report = getters.query_one("#report", ReportPane)
    form = getters.query_one("#form", Form)

    def __init__(
        self,
        session: Session,
        subject_key: str,
        taxonomy: str | None = None,
        view: QueueView | None = None,
        keys: Keys | None = None,
    ) -> None:
        """Take the session, the subject to begin with, and the queue to walk along."""
        super().__init__()
        self.session = session
        self.view = view or QueueView()
        self.keys = keys or Keys()
        self.key = subject_key
        self.namespace = taxonomy or ""
        self.subject = SubjectView(key=subject_key, kind="report", title="")
        self.taxonomies: list[Taxonomy] = []
        self.classification: Classification | None = None
        self.statuses: dict[str, str] = {}
        """How far the classification under each taxonomy has come."""
        self._asked: dict[tuple[str, int, str], Questionnaire] = {}

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield TextLine(id="where")
        yield TaxonomyTabs(id="tabs")
        with Horizontal(id="desk"):
            with Vertical(id="reading"):
                yield TextLine(id="source")
                yield ReportPane(id="report")
            yield Form(key_plan(self.keys), id="form")
        yield Guidance(id="guidance")
        yield KeyBar(self.keys.footer("tagging"))

    @property
    def asked(self) -> Questionnaire:
        """The questions of the open taxonomy."""
        return self._questionnaire(next(each for each in self.taxonomies if each.namespace == self.namespace))

    def _questionnaire(self, taxonomy: Taxonomy) -> Questionnaire:
        key = (taxonomy.namespace, taxonomy.version, self.subject.kind)
        if key not in self._asked:
            self._asked[key] = Questionnaire(taxonomy, self.subject.kind)
        return self._asked[key]

    @property
    def field(self) -> Field | None:
        """The focused field."""
        return self.form.state.field if self.form.state else None

    def answer(self, field_id: str) -> Answer | None:
        """The stored answer to a field."""
        return self.classification.answers.get(field_id) if self.classification else None
