"""The journey out: classified data in the shape the next tool expects, nothing silently dropped."""

from annotator.exporting.journey import FORMS, Form, Shape, export
from annotator.exporting.selection import WHATS, Selection, What, contents
from annotator.exporting.target import write

__all__ = ["FORMS", "WHATS", "Form", "Selection", "Shape", "What", "contents", "export", "write"]
