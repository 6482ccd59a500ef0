"""The journey in: read a foreign file, map it to the taxonomies, keep it, and say what was lost."""

from annotator.importing.journey import ImportOptions, import_path, import_records
from annotator.importing.report import ImportReport

__all__ = ["ImportOptions", "ImportReport", "import_path", "import_records"]
