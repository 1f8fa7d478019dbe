"""Tokens and clauses of a patient's message, by spaCy's blank English pipeline."""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from spinechat.nlu.clauses import split_clauses

# Message property: the clauses, in order (set when a message is parsed, not in training).
CLAUSES = "clauses"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ClauseTokenizer(Tokenizer):
    """Splits a message into spaCy tokens, and into clauses for the topic classifier."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's tokenizer settings; intents are never split here."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._nlp = spacy.blank("en")

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of one attribute; for the text, the clauses are kept beside them."""
        doc = self._nlp(message.get(attribute))
        if attribute == TEXT:
            message.set(CLAUSES, split_clauses(doc))
        tokens = [Token(token.text, token.idx) for token in doc if not token.is_space]
        return self._apply_token_pattern(tokens)
