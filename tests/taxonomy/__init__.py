"""Tests of the taxonomy language."""
