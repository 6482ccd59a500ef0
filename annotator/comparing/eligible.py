"""Which fields can be compared, and which work speaks of them in the same sense."""

from __future__ import annotations

from annotator.models.outline import FieldOutline, TaxonomyOutline
from annotator.project import Project
from annotator.store.agreement_sample import versions_used

FREE_TEXT = "not compared: free text, and equal wording is no measure of agreement"
ABOUT_THE_WORK = "not compared: says something about the work, not about the subject"


def reason_against(field: FieldOutline, *, is_asked_for: bool) -> str:
    """Why a field is not compared; empty when it is.

    Short texts are compared word for word when the taxonomy gives them a level, or when
    somebody asks for the field by name.
    """
    if field.kind == "long_text":
        return FREE_TEXT
    if is_asked_for:
        return ""
    if not field.public:
        return ABOUT_THE_WORK
    return FREE_TEXT if field.kind == "text" and field.level is None else ""


def versions(project: Project, namespace: str) -> tuple[TaxonomyOutline, dict[int, TaxonomyOutline]]:
    """The newest version anything was classified under, which is what is compared, and the earlier ones."""
    used = versions_used(project.store.connection, namespace)
    if not used:
        return project.taxonomy(namespace), {}
    *earlier, newest = used
    return project.outline(namespace, newest), {each: project.outline(namespace, each) for each in earlier}


def unlike(field: FieldOutline, others: dict[int, TaxonomyOutline]) -> dict[int, str]:
    """The versions under which a field was another kind of question, with that kind."""
    found: dict[int, str] = {}
    for version, taxonomy in others.items():
        then = taxonomy.by_id.get(field.id)
        if then and (then.kind, then.holds_many, then.measured_as) != (field.kind, field.holds_many, field.measured_as):
            found[version] = then.kind
    return found
