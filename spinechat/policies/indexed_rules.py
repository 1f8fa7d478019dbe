"""Rasa's RulePolicy, which finds the rules that may apply by index.

RulePolicy compares every rule with the conversation, several times a turn: with one rule an
intent that is most of what Rasa itself costs. Here a rule is only compared if its last step has
the conversation's intent and last action, or leaves them open. What is predicted is the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

State = dict[str, dict[str, Any]]
_Key = tuple[str | None, str | None]


def _step(state: State) -> _Key:
    """(intent, last action) of one step; None where it is open."""
    values = (state.get(USER, {}).get(INTENT), state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME))
    intent, action = (None if value == SHOULD_NOT_BE_SET else value for value in values)
    return intent, action


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, True)
class IndexedRulePolicy(RulePolicy):
    """RulePolicy for many rules."""

    # By the table's identity; the tables live as long as the policy.
    _indexes: dict[int, dict[_Key, list[str]]]

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._indexes = {}

    def _index(self, lookup: dict[str, str]) -> dict[_Key, list[str]]:
        index = self._indexes.get(id(lookup))
        # While training, a table still grows.
        if index is None or sum(map(len, index.values())) != len(lookup):
            index = defaultdict(list)
            for rule in lookup:
                index[_step(self._rule_key_to_state(rule)[-1])].append(rule)
            self._indexes[id(lookup)] = index
        return index

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules of `lookup` that apply to the conversation's states."""
        if not states or not states[-1].get(PREVIOUS_ACTION):
            # A conversation's start matches by rules of its own.
            return set(super()._get_possible_keys(lookup, states))
        intent, action = _step(states[-1])
        index = self._index(lookup)
        steps = {(intent, action), (None, action), (intent, None), (None, None)}
        near = {rule: lookup[rule] for step in steps for rule in index.get(step, ())}
        return set(super()._get_possible_keys(near, states))
