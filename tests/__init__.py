"""Tests. A package of its own name, as medspaCy installs a package `tests` beside it."""
