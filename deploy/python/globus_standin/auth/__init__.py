"""Globus Auth (§1)."""
