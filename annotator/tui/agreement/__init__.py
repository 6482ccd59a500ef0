"""How well annotators agree: fields, one field, and the subjects behind a figure."""
