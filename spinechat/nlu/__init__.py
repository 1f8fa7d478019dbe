"""Rasa graph components: tokens and clauses, features, topics, terms, red flags."""
