"""Bringing the work of several replicas together: what one offers, how a file carries it, how it is taken in."""
