"""The taxonomy language: YAML to Taxonomy, and to an answer model."""
