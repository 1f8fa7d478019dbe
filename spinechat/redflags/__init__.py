"""The safety screen: red flags and crisis, from the raw text alone."""

from spinechat.redflags.screen import Screening, screen

# Output property of a parse: the names of the red-flag concepts found in the text. It stands in
# every parse that the red-flag guard judged.
CONCEPTS = "red_flags"

__all__ = ["CONCEPTS", "Screening", "screen"]
