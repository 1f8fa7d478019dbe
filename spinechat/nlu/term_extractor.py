"""Entity extractor for conditions and procedures, by spaCy's phrase matcher on data/terms.yml."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from spinechat.nlu.component import PlainComponent
from spinechat.nlu.tokenizer import DOCUMENT, ClauseTokenizer, blank_english
from spinechat.terms import terms

ENTITY = "term"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TermExtractor(PlainComponent, EntityExtractorMixin):
    """Finds the longest term at each place; the entity's value is the term's name."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The document comes from the tokenizer."""
        return [ClauseTokenizer]

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        nlp = blank_english()
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        for term in terms().values():
            self._matcher.add(term.name, [nlp.make_doc(words) for words in term.words])

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the terms found to each message's entities."""
        for message in messages:
            if message.get(DOCUMENT) is not None:
                found = self.add_extractor_name(self._extract(message.get(DOCUMENT)))
                message.set(ENTITIES, (message.get(ENTITIES) or []) + found, add_to_output=True)
        return messages

    def _extract(self, doc: Doc) -> list[dict[str, Any]]:
        spans = filter_spans(self._matcher(doc, as_spans=True))
        return [
            {
                "entity": ENTITY,
                "start": span.start_char,
                "end": span.end_char,
                "value": span.label_,
            }
            for span in spans
        ]
