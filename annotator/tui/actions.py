"""Every action of the desk in one table: its keys, its words and where it works.

Footer, help screen, command palette and documentation are made from this table. Keys are
written as a person would: `g`, `?`, `ctrl+p`, `pagedown`; several are joined with commas,
and a comma itself is called `comma`.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

Group = Literal[
    "everywhere", "dialog", "keeping", "talking", "confirming", "asking", "naming", "turning", "removing", "causes",
    "list", "queue", "agreement", "disagreements", "review", "ruling", "reading", "progress", "conflicts", "editing",
    "tagging", "form", "writing", "searching", "finding", "report",
]  # fmt: skip
Place = Literal[
    "queue", "agreement", "disagreements", "review", "ruling", "ruling_report", "progress", "conflicts", "tagging",
    "writing", "searching", "finding", "report",
    "dialog", "editor", "thread", "row", "confirm", "ask", "name", "filter", "removable", "because",
]  # fmt: skip

PLACES: dict[Place, tuple[Group, ...]] = {
    "queue": ("list", "queue", "editing", "everywhere"),
    "agreement": ("list", "agreement", "everywhere"),
    "disagreements": ("list", "disagreements", "editing", "everywhere"),
    "progress": ("list", "progress", "everywhere"),
    "conflicts": ("list", "conflicts", "editing", "everywhere"),
    "review": ("review", "editing", "reading", "everywhere"),
    "ruling": ("form", "ruling", "reading", "everywhere"),
    "ruling_report": ("report", "ruling", "reading", "everywhere"),
    "tagging": ("form", "editing", "tagging", "everywhere"),
    "writing": ("writing", "everywhere"),
    "searching": ("searching", "everywhere"),
    "finding": ("finding", "everywhere"),
    "report": ("report", "editing", "tagging", "everywhere"),
    "dialog": ("dialog", "list", "everywhere"),
    "editor": ("keeping", "dialog", "everywhere"),
    "thread": ("keeping", "talking", "dialog", "everywhere"),
    "row": ("form", "keeping", "dialog", "everywhere"),
    "confirm": ("confirming", "dialog", "everywhere"),
    "ask": ("asking", "dialog", "everywhere"),
    "name": ("asking", "naming", "dialog", "everywhere"),
    "filter": ("turning", "dialog", "list", "everywhere"),
    "removable": ("removing", "dialog", "list", "everywhere"),
    "because": ("causes", "dialog", "list", "everywhere"),
}
"""Which groups work together: on one screen, or in one pane of it. `everywhere` gives way to the others."""

GROUP_WORDS: dict[Group, str] = {
    "everywhere": "Everywhere",
    "dialog": "In a dialog",
    "keeping": "In a dialog to write in",
    "talking": "In the comments on a subject",
    "confirming": "In a question",
    "asking": "In a line of a dialog",
    "naming": "In the question who is there",
    "turning": "In a filter",
    "removing": "In a list of evidence",
    "causes": "In a ruling",
    "list": "In a list",
    "queue": "Queue",
    "agreement": "Agreement",
    "disagreements": "Disagreements",
    "review": "Review",
    "ruling": "Ruling any other value",
    "reading": "Reports and guidance",
    "progress": "Progress",
    "conflicts": "Conflicts",
    "editing": "Changes",
    "tagging": "Tagging",
    "form": "In the form",
    "writing": "While writing in a line",
    "searching": "While typing a search",
    "finding": "While typing words to find in a text",
    "report": "In the report",
}


class Action(NamedTuple):
    """Something a person can do with a key."""

    id: str
    """The name in the `keys` part of the config file; the screen has a method `action_<id>`."""
    keys: str
    words: str
    group: Group
    footer: str = ""
    """The shorter words of the footer; actions without are only in the help."""
    bound: bool = True
    """False where a widget handles the keys itself, because they depend on what is shown."""
    also: tuple[Group, ...] = ()
    """Other groups in which it works the same."""


_EVERYWHERE = (
    Action("help", "f1,?", "Help: all keys of this screen", "everywhere", "help"),
    Action("command_palette", "ctrl+p", "Find an action by its name", "everywhere"),
    Action("toggle_theme", "f3,t", "Switch between the dark and the light theme", "everywhere"),
    Action("stop_waiting", "ctrl+g", "Stop waiting for another process; what was meant stays on screen", "everywhere"),
    Action("quit", "ctrl+q", "Quit; what is not saved yet is kept for the next start", "everywhere"),
)
_DIALOG = (
    Action("cancel", "escape", "Close without changing anything", "dialog", "close"),
    Action("keep", "ctrl+s", "Keep what was written", "keeping", also=("ruling",)),
    Action("thread_down", "pagedown", "Read on in the comments", "talking"),
    Action("thread_up", "pageup", "Back in the comments", "talking"),
    Action("comment_about", "f2", "Comment on the work under the taxonomy, or on the subject", "talking"),
    Action("yes", "y,enter", "Yes", "confirming"),
    Action("no", "n", "No", "confirming"),
    Action("name_after", "down", "Take the next known name", "naming"),
    Action("name_before", "up", "Take the known name before, or what was typed", "naming"),
    Action("value_before", "left", "Value before", "turning"),
    Action("next_value", "right,space", "Next value", "turning", "change"),
    Action("any_value", "delete", "Take this filter off", "turning"),
    Action("remove_line", "delete,d", "Remove this line", "removing"),
    Action("choose_cause", "1,2,3,4,5", "Why annotators differed, by number", "causes", bound=False),
    Action("next_input", "tab", "From the causes to the note, and on", "causes"),
)
_LIST = (
    Action("line_down", "down,j", "Next line", "list"),
    Action("line_up", "up,k", "Previous line", "list"),
    Action("page_down", "pagedown", "One page down", "list"),
    Action("page_up", "pageup", "One page up", "list"),
    Action("first_line", "home,g", "First line", "list"),
    Action("last_line", "end,G", "Last line", "list"),
    Action("choose_line", "enter", "Open or choose this line", "list", "open"),
)
_QUEUE = (
    Action("continue_work", "c", "Continue where you stopped", "queue", "continue"),
    Action("search", "/", "Search titles and texts as you type", "queue", "search"),
    Action(
        "filter",
        "f",
        "Filter by kind, taxonomy, status, annotator, date, flag, comments or what is assigned",
        "queue",
        "filter",
    ),
    Action("show_all", "escape", "Leave the search, then drop all filters", "queue", also=("searching",)),
    Action("next_order", "s", "Sort by the next column", "queue", "sort"),
    Action("reverse_order", "S", "Reverse the order", "queue"),
    Action("random", "r", "Go to a random subject", "queue", "random"),
    Action("choose_taxonomy", "x", "Tag under one taxonomy of your choice", "queue"),
    Action("comments", "T", "Read and write comments on this subject", "queue", also=("tagging", "review")),
    Action("choose_round", "R", "Work in another round", "queue"),
    Action("agreement", "A", "Compare annotators, field by field", "queue"),
    Action("progress", "p", "See how far everybody is, per taxonomy and round", "queue"),
    Action("conflicts", "C", "See what was done apart and does not say the same", "queue"),
    Action("leave", "q", "Quit; everything is already saved", "queue", "quit"),
    Action("disagreements", "D", "Decide what annotators differ about", "queue", "disagreements"),
)
_AGREEMENT = (
    Action("agreement_taxonomy_after", "]", "Compare the next taxonomy", "agreement", "taxonomy"),
    Action("agreement_taxonomy_before", "[", "Compare the taxonomy before", "agreement"),
    Action("filter_agreement", "f", "Filter by round, annotator, date, or what states mean", "agreement", "filter"),
    Action("next_part", "tab", "Next part of a field: choices, pairs, confused values, matrix", "agreement", "part"),
    Action("differing", "d", "Subjects that these annotators differ on", "agreement", "differ"),
    Action("column_after", "right,l", "Next column of the matrix", "agreement"),
    Action("column_before", "left,h", "Column before, in the matrix", "agreement"),
    Action("export_shown", "x", "Write what is shown to a CSV file", "agreement", "export"),
    Action("leave_agreement", "escape,q", "Back to where you came from", "agreement", "back"),
)
_DISAGREEMENTS = (
    Action("review_order", "s", "Most fields first, by subject, or by field", "disagreements", "sort"),
    Action("disputed_field", "f", "Only those who differ on one field", "disagreements", "field"),
    Action("settled", "o", "Those still open, those settled, or those stale", "disagreements", "open/settled"),
    Action("accept_agreed", "B", "Accept in bulk what annotators agree on", "disagreements", "accept"),
    Action("disputed_taxonomy_after", "]", "Next taxonomy", "disagreements", "taxonomy"),
    Action("disputed_taxonomy_before", "[", "Taxonomy before", "disagreements"),
    Action("leave_disagreements", "escape,q", "Back to where you came from", "disagreements", "back"),
)
_REVIEW = (
    Action("adopt", "1,2,3,4,5,6,7,8,9", "Adopt the answer under that number", "review", "adopt", bound=False),
    Action("own_value", "v,enter", "Rule any other value or state", "review", "value"),
    Action("adopt_majority", "m", "Rule what more than half say", "review", "majority"),
    Action("adopt_union", "+", "Rule that every value somebody gave stands", "review", "union"),
    Action("adopt_one", "a", "Adopt one of the answers, chosen from a list", "review"),
    Action("adjudicate", "ctrl+s", "Put the decisions on record; once they are, go on", "review", "adjudicate"),
    Action("leave_review", "escape,q", "Back to where you came from", "review", "back"),
    Action("next_open", "tab,>", "Next field that is open", "review", "open"),
    Action("previous_open", "shift+tab,<", "Open field before", "review"),
    Action("next_disputed", "N", "Next disputed subject", "review", "next"),
    Action("previous_disputed", "P", "Disputed subject before", "review"),
    Action("unfold_agreed", "space", "Show the agreed fields, or fold them away", "review", "agreed"),
    Action("hide_names", "h", "Hide who said what, or show it again", "review", "names"),
    Action("review_report", "r,f6", "The report alone, or the answers again", "review", "report"),
    Action("evidence_after", ".", "Next passage that is evidence on this field", "review"),
    Action("reopen_adjudication", "R", "Reopen what is adjudicated, with a reason", "review"),
    Action("publish", "w", "Publish the adjudication, or withdraw it", "review"),
    Action("side_down", "down,j", "Next field", "review"),
    Action("side_up", "up,k", "Field before", "review"),
    Action("sides_down", "pagedown", "One page down", "review"),
    Action("sides_up", "pageup", "One page up", "review"),
    Action("first_side", "home", "First field", "review"),
    Action("last_side", "end", "Last field", "review"),
    Action("columns_after", "right", "Columns further right, where they do not all fit", "review"),
    Action("columns_before", "left", "Columns further left", "review"),
)
_PROGRESS = (Action("leave_progress", "escape,q", "Back to the queue", "progress", "back"),)
_CONFLICTS = (
    Action("keep_side", "1,2,3,4,5,6,7,8,9", "Keep the version under that number", "conflicts", "keep", bound=False),
    Action("leave_conflicts", "escape,q", "Back to the queue", "conflicts", "back"),
    Action("versions_down", "ctrl+d,space", "Read on in the versions, where they are longer", "conflicts", "read on"),
    Action("versions_up", "ctrl+b", "Back in the versions", "conflicts"),
)
_EDITING = (
    Action("undo", "u,ctrl+z", "Undo your last change, whichever subject it was", "editing", "undo"),
    Action("redo", "ctrl+r", "Redo what you undid", "editing"),
)
_TAGGING = (
    Action(
        "evidence", "e", "Quote the report as evidence for the focused field", "tagging", "evidence", also=("ruling",)
    ),
    Action("submit", "ctrl+s", "Submit and go to the next subject", "tagging", "submit"),
    Action(
        "back",
        "escape",
        "Out of the selection, out of the report, then back to the queue",
        "tagging",
        "back",
        also=("ruling",),
    ),
    Action("evidence_list", "E", "List or remove the evidence of the focused field", "tagging", also=("ruling",)),
    Action("next_problem", ">", "Next unanswered or invalid field", "tagging", "missing"),
    Action("previous_problem", "<", "Unanswered or invalid field before", "tagging"),
    Action("next_pane", "r,f6", "Go from the form to the report and back", "tagging", "report", also=("ruling",)),
    Action("report_down", "ctrl+d", "Scroll the report down, from the form too", "tagging", also=("reading",)),
    Action("report_up", "ctrl+b", "Scroll the report up, from the form too", "tagging", also=("reading",)),
    Action("next_report", "n", "Next report of this incident", "tagging", also=("reading",)),
    Action("previous_report", "p", "Previous report of this incident", "tagging", also=("reading",)),
    Action("next_taxonomy", "]", "Next taxonomy", "tagging"),
    Action("previous_taxonomy", "[", "Previous taxonomy", "tagging"),
    Action("notes", "o", "Write a note", "tagging"),
    Action("flag", "!", "Raise or resolve a flag", "tagging"),
    Action("guidance", "G", "Guidance in full, or back to a few lines", "tagging", also=("reading",)),
    Action("layout", "f4", "Form and report side by side, stacked, or one alone", "tagging", also=("reading",)),
    Action("skip", "K", "Skip this subject, with a reason", "tagging"),
    Action("reopen", "R", "Reopen a submitted classification", "tagging"),
    Action("history", "H", "History of this classification", "tagging"),
    Action("review_subject", "D", "Decide what annotators differ about in this subject", "tagging"),
    Action("next_subject", "N", "Next subject, without submitting", "tagging"),
    Action("previous_subject", "P", "Previous subject", "tagging"),
)
_FORM = (
    Action("choose", "1,2,3,4,5,6,7,8,9", "Choose by number, or by the key shown", "form", "choose", bound=False),
    Action("open_field", "enter,space", "Take the marked choice, or write the answer", "form"),
    Action("unknown", "?", "The source does not say", "form", "unknown"),
    Action("not_applicable", "-,x", "The question does not apply here", "form"),
    Action("state_empty", "0,z", "Looked, and there is none", "form"),
    Action("clear", "backspace,delete", "Take the answer back: unanswered again", "form"),
    Action("filter_choices", "/", "Filter long lists and trees as you type", "form"),
    Action("next_line", "down,j", "Next choice, then the next field", "form"),
    Action("previous_line", "up,k", "Previous choice, then the field before", "form"),
    Action("next_field", "tab", "Next field", "form"),
    Action("previous_field", "shift+tab", "Previous field", "form"),
    Action("unfold", "right", "Open a branch; in a row of choices the next one", "form"),
    Action("fold", "left", "Close a branch; in a row of choices the one before", "form"),
    Action("next_heading", "pagedown", "First field of the next heading", "form"),
    Action("previous_heading", "pageup", "First field of the heading before", "form"),
    Action("first_field", "home", "First field", "form"),
    Action("last_field", "end", "Last field", "form"),
)
_WRITING = (
    Action("accept", "enter", "Take what is written", "writing", "take", also=("asking", "searching", "finding")),
    Action("complete", "tab", "Take the completion; without one, what is written", "writing", "complete"),
    Action("completion_after", "down", "Next completion, or choice", "writing"),
    Action("completion_before", "up", "Completion or choice before", "writing"),
    Action("stop_writing", "escape", "Drop what is written", "writing", "stop writing", also=("finding",)),
)
_SEARCHING = (Action("go_to_found", "down,pagedown", "Go to what was found", "searching"),)
_REPORT = (
    Action("attach", "enter", "Attach the selected text as evidence", "report", "attach"),
    Action("mark", "v", "Begin a selection that the cursor keys extend", "report", "select"),
    Action("select_sentence", "s", "Select the sentence; again for the next one too", "report", "sentence"),
    Action("select_paragraph", "a", "Select the paragraph", "report"),
    Action("find", "/", "Find in the text", "report", "find"),
    Action("find_next", "f", "Next place found", "report"),
    Action("find_previous", "F", "Place found before", "report"),
    Action("next_evidence", ".", "Next passage that is evidence", "report"),
    Action("cursor_down", "down,j", "Line down", "report"),
    Action("cursor_up", "up,k", "Line up", "report"),
    Action("cursor_right", "right,l", "Character to the right", "report"),
    Action("cursor_left", "left,h", "Character to the left", "report"),
    Action("word_right", "ctrl+right,w", "Word to the right", "report"),
    Action("word_left", "ctrl+left,b", "Word to the left", "report"),
    Action("line_start", "home", "Start of the line", "report"),
    Action("line_end", "end", "End of the line", "report"),
    Action("text_start", "ctrl+home,g", "Start of the text", "report"),
    Action("text_end", "ctrl+end", "End of the text", "report"),
    Action("text_page_down", "pagedown,space", "One page down", "report"),
    Action("text_page_up", "pageup", "One page up", "report"),
    Action("select_down", "shift+down", "Select to the line below", "report"),
    Action("select_up", "shift+up", "Select to the line above", "report"),
    Action("select_right", "shift+right", "Select a character more", "report"),
    Action("select_left", "shift+left", "Select a character less", "report"),
    Action("select_word_right", "ctrl+shift+right", "Select a word more", "report"),
    Action("select_word_left", "ctrl+shift+left", "Select a word less", "report"),
)  # fmt: skip

ACTIONS: tuple[Action, ...] = (
    *_EVERYWHERE, *_DIALOG, *_LIST, *_QUEUE, *_AGREEMENT, *_DISAGREEMENTS, *_REVIEW, *_PROGRESS, *_CONFLICTS, *_EDITING,
    *_TAGGING, *_FORM, *_WRITING, *_SEARCHING, *_REPORT,
)  # fmt: skip
BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


@cache
def actions_in(*groups: Group) -> tuple[Action, ...]:
    """The actions of some groups, in the order of the table."""
    return tuple(action for action in ACTIONS if action.group in groups or set(action.also) & set(groups))
