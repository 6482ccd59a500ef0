"""The journey out: classified data in the shape the next tool expects, nothing silently dropped."""

from annotator.exporting.journey import FORMS, Form, Shape, export
from annotator.exporting.selection import Selection
from annotator.exporting.target import write

__all__ = ["FORMS", "Form", "Selection", "Shape", "export", "write"]
