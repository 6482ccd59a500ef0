"""Tests of the reliability statistics."""
