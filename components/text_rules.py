"""What a cloud allows in a text that marks a resource: AWS's tags, Google's labels.

Owns how a text is held against a rule. Does not own the rules: each cloud's `tags` does.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TextRule:
    """What one kind of text may be."""

    limit: int
    """Characters at most."""
    allowed: re.Pattern[str]
    """What the whole text must match."""
    at_most: str
    """The words before the limit in a refusal."""
    characters: str
    """The words in a refusal for what the text may have in it."""

    def refusal(self, what: str, text: str) -> str:
        """Return why a text would be refused, `what` it is first; empty when it would not."""
        if len(text) > self.limit:
            return f"{what}: too long, got {len(text)} characters; {self.at_most} {self.limit}"
        if not self.allowed.fullmatch(text):
            return f"{what}: character not allowed, got {text!r}; {self.characters}"
        return ""
