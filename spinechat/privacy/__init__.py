"""Keeps identifiers out of everything that is stored."""

from spinechat.privacy.masking import masked

__all__ = ["masked"]
