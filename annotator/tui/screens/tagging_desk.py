"""What the tagging screen shows: a subject, its reports, its taxonomies and one classification."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.timer import Timer

from annotator.models.classification import Answer, Classification, Evidence
from annotator.models.queue import QueueView, ResumePoint
from annotator.models.subject import SubjectView
from annotator.models.taxonomy import Field, Taxonomy
from annotator.session import Session
from annotator.tui.actions import Place
from annotator.tui.form_state import SUBMIT
from annotator.tui.key_plan import footer, form_footer, key_plan
from annotator.tui.keys import Keys
from annotator.tui.questionnaire import Questionnaire
from annotator.tui.report_pages import Page, first_page, page_of, pages_of
from annotator.tui.report_spans import Span
from annotator.tui.spoken import DeskScreen
from annotator.tui.widgets.form import Form
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.report_pane import ReportPane
from annotator.tui.widgets.report_text import EVIDENCE, FOCUSED
from annotator.tui.widgets.taxonomy_tabs import Tab, TaxonomyTabs
from annotator.tui.widgets.text_line import TextLine

SETTLED = 1.0
"""Seconds on a field after which it is remembered as the place to resume."""


class TaggingDesk(DeskScreen[str]):
    """Report beside form; asks the session for what it shows and changes nothing."""

    PLACE: Place = "tagging"
    CSS_PATH = "tagging.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-medium"), (44, "-tall")]

    where = getters.query_one("#where", TextLine)
    tabs = getters.query_one("#tabs", TaxonomyTabs)
    source = getters.query_one("#source", TextLine)
    report = getters.query_one("#report", ReportPane)
    form = getters.query_one("#form", Form)
    guidance = getters.query_one("#guidance", Guidance)
    keybar = getters.query_one(KeyBar)

    saved_words: reactive[str] = reactive("", init=False)
    """What the head line says of the last save."""

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
        self.pages: list[Page] = []
        self.page = 0
        self.statuses: dict[str, str] = {}
        """How far the classification under each taxonomy has come."""
        self._asked: dict[tuple[str, int, str], Questionnaire] = {}
        self._located: dict[Evidence, tuple[int, int] | None] = {}
        self._place = ""
        self._settling: Timer | None = None
        self._here: ResumePoint | None = None

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

    def on_mount(self) -> None:
        """Open the subject where the annotator stopped in it."""
        self.form.focus()
        point = self.session.resume_point() if self.session.annotator else None
        here = point is not None and point.subject == self.key
        taxonomy = self.namespace or (point.taxonomy if point and here else "")
        field = point.field if point and here and point.taxonomy == taxonomy else ""
        self.open_subject(self.key, taxonomy, field)

    # Showing

    def open_subject(self, key: str, taxonomy: str = "", field: str = "") -> None:
        """Show a subject, under a taxonomy if it has that one."""
        subject = self.session.subject(key)
        self.key, self.subject = key, subject
        self.taxonomies = self.session.taxonomies_for(subject.kind)
        self.pages = pages_of(subject)
        self._place = self._place_in_queue()
        names = [each.namespace for each in self.taxonomies]
        self.statuses = {name: self.session.classification(key, name).status for name in names}
        wanted = next((name for name in (taxonomy, self.namespace, *names) if name in names), "")
        self.open_page(first_page(self.pages), wanted)
        self.open_taxonomy(wanted, field)
        self.call_after_refresh(self._prefetch, key)

    def open_taxonomy(self, namespace: str, field: str = "") -> None:
        """Show the classification under a taxonomy."""
        self.namespace = namespace
        if not namespace:
            self.say("No taxonomy asks anything about this kind of subject.")
            return
        self.classification = self.session.classification(self.key, namespace)
        self.saved_words = ""
        self.form.open(self.asked, self.classification, field)
        self.show_progress()
        self.mark_evidence()

    def open_page(self, page: int, namespace: str = "") -> None:
        """Show a page of the subject."""
        self.page = page
        self._located.clear()
        shown = self.pages[page]
        taxonomy = next((each for each in self.taxonomies if each.namespace == (namespace or self.namespace)), None)
        width = self._questionnaire(taxonomy).number_width if taxonomy else 0
        text = shown.text if shown.text.strip() else "There is no text here."
        self.report.read(shown.title, text, width)
        self.source.text = f" {shown.place}  {shown.source}"

    def show_report(self, report_key: str) -> bool:
        """Show a report of the subject; whether it is here."""
        page = page_of(self.pages, report_key)
        if page is not None and page != self.page:
            self.open_page(page)
            self.mark_evidence()
        return page is not None

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

    def show_progress(self) -> None:
        """Show where this subject stands: in the queue, in each taxonomy, and on disk."""
        if self.classification:
            self.statuses[self.namespace] = self.classification.status
        self.tabs.tabs = tuple(Tab(name, status) for name, status in self.statuses.items())
        self.tabs.opened = self.namespace
        self.where.text = f" {self.subject.kind.capitalize()} {self.key} · {self.subject.title}"
        said = [self._place, self.namespace, self.session.annotator or "nobody yet", self.saved_words]
        self.where.right = "  " + " · ".join(part for part in said if part) + " "
        self.show_keys()

    def say(self, words: str) -> None:
        """Tell something in passing."""
        self.notify(words, timeout=3, markup=False)

    def watch_saved_words(self) -> None:
        """Say so in the head line."""
        if self.taxonomies:
            self.show_progress()

    def _place_in_queue(self) -> str:
        queue = self.session.queue(self.view)
        place = None if queue.is_partial else queue.position_of(self.key)
        return f"{place + 1}/{queue.count}" if place is not None else ""

    def show_keys(self) -> None:
        """Show the keys of the focused pane, as far as the open field leaves them."""
        state = self.form.state
        self.PLACE = "report" if self.report.has_focus else "tagging"
        if self.report.has_focus or state is None:
            self.keybar.entries = footer(self.keys, self.PLACE)
        else:
            self.keybar.entries = form_footer(self.keys, state)

    # Evidence in the text

    def mark_evidence(self) -> None:
        """Mark in the text what supports each answer, the focused one's most."""
        answers = self.classification.shown if self.classification else {}
        focused = self.field.id if self.field else ""
        spans = []
        for field_id, answer in answers.items():
            for quote in answer.evidence:
                found = self.locate(quote)
                if found:
                    style = FOCUSED if field_id == focused else EVIDENCE
                    spans.append(Span(*found, style, self.asked.numbers.get(field_id, "")))
        spans.sort(key=lambda span: span.style == FOCUSED)
        self.report.mark_evidence(spans)

    def locate(self, quote: Evidence) -> tuple[int, int] | None:
        """Where the words of evidence stand on the open page; None when they do not."""
        report = self.pages[self.page].report
        if report is None or quote.report != report.key:
            return None
        if quote not in self._located:
            self._located[quote] = self.session.locate(report.text, quote)
        return self._located[quote]

    def show_evidence(self) -> None:
        """Scroll to what supports the focused field's answer."""
        focused = [span for span in self.report.evidence if span.style == FOCUSED]
        if focused and not self.report.has_focus:
            self.report.show_place(focused[0].start, focused[0].end)

    def on_form_view_moved(self, event: Form.Moved) -> None:
        """Explain the field and the choice, and show its evidence."""
        event.stop()
        field = self.asked.by_id.get(event.field)
        choice = self.asked.choices(field.id).by_id.get(event.option) if field and field.has_choices else None
        changed = field is not self.guidance.field
        self.guidance.explain(field, choice)
        if changed:
            self.mark_evidence()
            self.show_evidence()
            self._remember_soon()
        self.show_keys()

    # Where the annotator is

    def _remember_soon(self) -> None:
        field = self.field.id if self.field else ""
        self._here = ResumePoint(subject=self.key, taxonomy=self.namespace, field=field, view=self.view)
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(SETTLED, self.remember)

    def remember(self) -> None:
        """Keep the last place as the one to resume, if that is still to be done."""
        if self._here and self.session.annotator:
            self.session.remember(self._here)
        self._here = None

    def on_unmount(self) -> None:
        """Remember where the editor was when the desk was closed."""
        self.remember()

    def _prefetch(self, key: str) -> None:
        following = self.session.next_key(self.view, key) if key == self.key else None
        if following:
            self.session.prefetch(following)

    def is_at_submit(self) -> bool:
        """Whether the line below the last field has the focus."""
        return self.form.state is not None and self.form.state.focus == SUBMIT
