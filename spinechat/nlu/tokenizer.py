"""Tokens and clauses of a patient's message, by spaCy's blank English pipeline."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from spinechat.nlu.clauses import split_clauses
from spinechat.nlu.component import FingerprintedByCode

# Message property: the text as a spaCy document.
DOCUMENT = "spacy_document"
# Message property: the clauses, in order (set when a message is parsed, not in training).
CLAUSES = "clauses"


@lru_cache(maxsize=1)
def blank_english() -> Language:
    """SpaCy's English tokenizer; one for all components, so that they share a vocabulary."""
    return spacy.blank("en")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ClauseTokenizer(FingerprintedByCode, Tokenizer):
    """Splits a message into spaCy tokens, and into clauses for the topic classifier."""

    LEARNED_BY = ("nlu/tokenizer.py", "nlu/component.py")

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
        self._nlp = blank_english()

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of one attribute; for the text, the clauses are kept beside them."""
        doc = self._nlp(message.get(attribute))
        if attribute == TEXT:
            message.set(DOCUMENT, doc)
            message.set(CLAUSES, split_clauses(doc))
        tokens = [Token(token.text, token.idx) for token in doc if not token.is_space]
        return self._apply_token_pattern(tokens)
