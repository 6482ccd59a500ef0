"""A database that somebody altered ends the desk with a sentence where it cannot be read, and not with a traceback."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from tests.trust.damaging import garbled_reports
from tests.tui.desk_content import filled_desk
from tests.tui.desk_process import DeskProcess


def test_a_report_that_nobody_wrote_so_is_named(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    path = desk.path
    desk.close()
    garbled_reports(path)
    desk_command = (sys.executable, "-m", "annotator", "--db", str(path), "--as", "eva")
    with closing(DeskProcess(tmp_path, desk_command)) as process:
        process.until("demo:1")
        process.press("\r")
        process.until("annotator doctor")
        assert process.ended() == 6
        assert "Traceback" not in process.rest()
