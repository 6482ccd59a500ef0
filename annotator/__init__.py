"""The desk where editors of an AI incident database classify reports."""

__version__ = "0.1.0"
