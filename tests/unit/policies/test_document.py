"""`docs/policies.md` is what the rules say."""

from policies.document import DOCUMENT, document
from policies.rules import RULES


def test_the_document_is_what_the_rules_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run `make golden`"


def test_every_rule_is_in_the_document() -> None:
    text = document()

    assert [rule.name for rule in RULES if f"| `{rule.name}` |" not in text] == []
