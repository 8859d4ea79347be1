"""Globus Transfer v0.10 (§2)."""
