"""Transload on one machine: the real program behind a real nginx, with a PostgreSQL of its own and a stand-in for Globus.

``./deploy/sandbox`` is the way in for people; the integration tests start private ones from the same code.
"""
