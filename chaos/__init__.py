"""Harm on purpose: a portal of its own under faults, and whether it comes through whole."""
