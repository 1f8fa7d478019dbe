"""Dialogue policies: Rasa's RulePolicy, with its rules found by index."""
