"""What an inventory of a simulated account consists of."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Thing:
    """One thing in the account."""

    kind: str
    identifier: str
    name: str

    def report(self) -> dict[str, str]:
        """Return it as the report of the loopback server has it."""
        return {"kind": self.kind, "id": self.identifier, "name": self.name}
