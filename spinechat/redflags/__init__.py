"""The safety screen: red flags and crisis, from the raw text alone."""

from spinechat.redflags.screen import Screening, screen

__all__ = ["Screening", "screen"]
