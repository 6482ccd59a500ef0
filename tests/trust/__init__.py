"""Proofs that nothing called saved is lost."""
