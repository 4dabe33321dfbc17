"""Alembic migrations. A new one: write versions/NNNN_what.py; a test compares its result with the tables."""
