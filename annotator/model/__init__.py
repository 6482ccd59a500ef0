"""Frozen values passed between the parts. No input or output happens here."""
