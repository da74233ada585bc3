"""From post to payload: the text, the media and the cards that one account is to get."""

from __future__ import annotations
