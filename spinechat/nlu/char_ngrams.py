"""Character n-gram featurizer: what keeps working when the spelling does not."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from spinechat.nlu.component import StoredComponent
from spinechat.nlu.spelling import PARTS, SpellingCorrector
from spinechat.nlu.text import normalised
from spinechat.nlu.tfidf import TermRow, tfidf_row

# Message property: a `TermRow` of the whole message and, if there are two or more, one of each of
# its clauses (set when a message is parsed, not in training).
NGRAMS = "ngrams"
# Words whose n-grams are remembered; a few megabytes.
WORDS_KEPT = 20_000
_VOCABULARY = "ngrams.json"
_WEIGHTS = "idf.npy"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharNgramFeaturizer(StoredComponent, SparseFeaturizer):
    """Tf-idf weights of the character n-grams inside words (2 to 5 letters)."""

    LEARNED_BY = ("nlu/char_ngrams.py", "nlu/text.py", "nlu/component.py")

    @classmethod
    def required_components(cls) -> list[type]:
        """The clauses, mended."""
        return [SpellingCorrector]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`min_df`: n-grams in fewer phrases than that are left out."""
        return {
            **SparseFeaturizer.get_default_config(),
            "min_ngram": 2,
            "max_ngram": 5,
            "min_df": 2,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuses n-gram lengths that are not 1 <= min <= max."""
        if not 1 <= config["min_ngram"] <= config["max_ngram"]:
            raise InvalidConfigException("CharNgramFeaturizer: need 1 <= min_ngram <= max_ngram.")

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        # Patients use the same few thousand words; in memory only.
        self._columns = lru_cache(maxsize=WORDS_KEPT)(self._columns_of)
        # scikit-learn sums a matrix at each access.
        self._weights = lru_cache(maxsize=1)(self._idf)
        self._tfidf = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(config["min_ngram"], config["max_ngram"]),
            min_df=config["min_df"],
            sublinear_tf=True,
            dtype=np.float32,
        )

    def learn(self, training_data: TrainingData) -> None:
        """Learns which n-grams occur and how much each tells."""
        texts = [normalised(message.get(TEXT)) for message in training_data.intent_examples]
        self._tfidf.fit(texts)

    def write(self, folder: Path) -> None:
        """Writes the n-grams as JSON and their weights as an array."""
        ngrams = self._tfidf.get_feature_names_out().tolist()
        (folder / _VOCABULARY).write_text(json.dumps(ngrams), encoding="utf-8")
        np.save(folder / _WEIGHTS, self._tfidf.idf_.astype(np.float32))

    def read(self, folder: Path) -> None:
        """Reads them."""
        ngrams = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        self._tfidf.vocabulary_ = {ngram: column for column, ngram in enumerate(ngrams)}
        self._tfidf.idf_ = np.load(folder / _WEIGHTS, allow_pickle=False)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the n-grams of each training phrase."""
        with_text = [message for message in training_data.training_examples if message.get(TEXT)]
        rows = self._tfidf.transform([normalised(message.get(TEXT)) for message in with_text])
        for position, message in enumerate(with_text):
            self._add(message, rows[position])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the n-grams of each message, and those of its clauses if there are several."""
        for message in messages:
            if message.get(TEXT):
                message.set(NGRAMS, self.rows(message.get(PARTS)))
        return messages

    def rows(self, parts: list[str]) -> list[TermRow]:
        """Rows of a text and, if there are two or more, of its parts.

        The same numbers as scikit-learn's transform, in a tenth of its time: n-grams never cross
        words, so each word's are looked up once, and the text's counts are those of its parts.

        Args:
            parts: normalised ones.
        """
        columns = [self._columns_in(part) for part in parts]
        if len(parts) > 1:
            columns.insert(0, np.concatenate(columns))
        return [tfidf_row(occurring, self._weights()) for occurring in columns]

    def _columns_in(self, text: str) -> np.ndarray[Any, Any]:
        """The column of each known n-gram of a text, as often as it occurs."""
        words = [self._columns(word) for word in text.split()]
        return np.concatenate([*words, np.empty(0, dtype=np.int32)])

    def _idf(self) -> np.ndarray[Any, Any]:
        return np.asarray(self._tfidf.idf_, dtype=np.float32)

    def _columns_of(self, word: str) -> np.ndarray[Any, Any]:
        known = self._tfidf.vocabulary_
        grams = self._tfidf.build_analyzer()(word)
        return np.array([known[gram] for gram in grams if gram in known], dtype=np.int32)

    def _add(self, message: Message, row: Any) -> None:
        message.add_features(Features(row.tocoo(), FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
