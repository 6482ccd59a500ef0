"""Write what the documents take from the program: the table of keys and the pictures of the screens.

Run with `make documents`; tests/test_docs.py holds docs/keys.md to it.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from annotator.tui.actions import ACTIONS, GROUP_WORDS, Action

DOCS = Path(__file__).resolve().parent
FONT_FROM_THE_NET = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
WIDE, NARROW = (140, 34), (80, 24)


def keys_document() -> str:
    """The text of docs/keys.md."""
    lines = [
        "# Keys",
        "",
        "Every key can be changed in the config file, under `keys`, by the name of its action:",
        "",
        "```yaml",
        "keys:",
        "  submit: ctrl+s,f10",
        "```",
        "",
        "`annotator` refuses a file in which two actions of one place share a key, or in which a key of "
        "the text editor or a letter is to act where a text is written, and says which.",
        "",
        "A field that is open in a form takes the letters and digits of its choices first, whatever they do "
        "elsewhere; footer, help and the search for actions leave them out there.",
    ]
    for group, words in GROUP_WORDS.items():
        rows = [_row(action) for action in ACTIONS if action.group == group]
        if rows:
            lines += ["", f"## {words}", "", "| key | what it does | action |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _row(action: Action) -> str:
    keys = " ".join(f"`{key}`" for key in action.keys.split(",")).replace("|", "\\|")
    return f"| {keys} | {action.words} | `{action.id}` |"


async def draw_screens(folder: Path, into: Path) -> None:
    """Draw the screens on the sample reports, with a database in `folder` that is left behind."""
    from annotator.desk import Desk
    from annotator.desk.demo import make_demo
    from annotator.desk.project import Project
    from annotator.tui.app import AnnotatorApp

    project = Project.open(folder / "demo.db")
    make_demo(project)
    scenes = {
        "queue": ([], WIDE, "sample-1"),
        "tagging": (["enter", "wait"], WIDE, "sample-1"),
        "tagging-narrow": (["enter", "wait"], NARROW, "sample-1"),
        "review": (["D", "wait", "enter", "wait"], WIDE, "reviewer"),
        "help": (["f1", "wait"], WIDE, "sample-1"),
    }
    for name, (presses, size, who) in scenes.items():
        app = AnnotatorApp(Desk(project, who))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for key in presses:
                await (pilot.pause(0.5) if key == "wait" else pilot.press(key))
            picture = FONT_FROM_THE_NET.sub("", app.export_screenshot(title="annotator"))
            (into / f"{name}.svg").write_text(picture, encoding="utf-8")
    project.store.close()


def main() -> None:
    """Write keys.md, and with `screens` the pictures too."""
    (DOCS / "keys.md").write_text(keys_document(), encoding="utf-8")
    if "screens" in sys.argv:
        into = DOCS / "screens"
        into.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(draw_screens(Path(folder), into))


if __name__ == "__main__":
    main()
