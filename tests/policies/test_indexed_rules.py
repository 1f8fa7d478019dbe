"""The indexed policy finds exactly the rules that Rasa's own finds."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy

from spinechat.policies.indexed_rules import IndexedRulePolicy
from spinechat.project import read_yaml


def _policy(assistant: Any) -> IndexedRulePolicy:
    nodes = assistant._agent.processor.graph_runner._instantiated_nodes
    policies = [node._component for name, node in nodes.items() if "IndexedRulePolicy" in name]
    return policies[0]  # type: ignore[no-any-return]


def _states(intents: list[str]) -> list[list[dict[str, Any]]]:
    """Conversations at their start, after a message and after a reply, for every intent."""
    conversations: list[list[dict[str, Any]]] = [[{}]]
    for intent in intents:
        user = {"user": {"intent": intent}, "prev_action": {"action_name": "action_listen"}}
        replied = {"user": {"intent": intent}, "prev_action": {"action_name": f"utter_{intent}"}}
        conversations += [[{}, user], [{}, user, replied], [{}, user, replied, user]]
    return conversations


def test_the_same_rules_apply(assistant: Any) -> None:
    policy = _policy(assistant)
    lookup = policy.lookup[RULES]
    intents = [*read_yaml("domain.yml")["intents"], "nlu_fallback", "no_such_intent"]
    for states in _states(intents):
        found = policy._get_possible_keys(lookup, states)
        assert found == RulePolicy._get_possible_keys(policy, lookup, states), states
    assert len(lookup) > len(intents)
