"""Globus Auth and Globus Transfer, played by one small program.

The sandbox and every test of the registry talk to this program where a site talks to Globus. What
it must answer is fixed by the project's wire contract of Globus; section numbers in the docstrings
of this package (§1.4, §2.10, ...) are that contract's.
"""
