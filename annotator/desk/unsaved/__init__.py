"""Words that are being typed and not saved yet."""
