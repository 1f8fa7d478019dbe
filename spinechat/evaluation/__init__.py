"""How good the assistant is: message sets, scores, baselines, near-duplicates, pictures."""
