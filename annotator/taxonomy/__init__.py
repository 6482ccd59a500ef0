"""The taxonomy language: YAML to Taxonomy, to an answer model, and its conditions."""
