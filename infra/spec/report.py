"""Collects the mistakes of one stack; knows what a setting is called and where it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.spec.mistakes import Mistake, Path, SpecError, is_secret, shown
from infra.spec.not_built import NOT_BUILT
from infra.spec.stack_file import NAMESPACE, StackFile


@dataclass(frozen=True)
class Source:
    """The configuration of one stack: the one that is loaded, or the one that it extends."""

    stack: str
    config: Mapping[str, object]
    inherited: bool = False

    def has(self, section: str) -> bool:
        """Return whether the stack writes the section."""
        return NAMESPACE + section in self.config

    def section(self, section: str) -> object:
        """Return the section as written; None when it is absent."""
        return self.config.get(NAMESPACE + section)

    def sections(self) -> list[str]:
        """Return the names of all our sections; settings of other namespaces are not ours."""
        return [key.removeprefix(NAMESPACE) for key in self.config if key.startswith(NAMESPACE)]

    def where(self, path: Path) -> str:
        """Return file and line of a setting, or nothing when it comes from the engine."""
        return self.config.place(path) if isinstance(self.config, StackFile) else ""

    def origin(self, path: Path) -> str:
        """Return where a value was written, for a reader."""
        written = self.where(path) or f"configuration of {self.stack}"
        return f"extends {self.stack} ({written})" if self.inherited else written


class Report:
    """The mistakes found so far. Each section has one source."""

    def __init__(self, own: Source) -> None:
        """Take the stack that is loaded."""
        self._found: list[tuple[Path, Mistake]] = []
        self._own = own
        self._inherited: dict[str, Source] = {}

    def inherit(self, sections: Sequence[str], base: Source) -> None:
        """Say that these sections are written in the base stack."""
        self._inherited |= dict.fromkeys(sections, base)

    def source(self, section: str) -> Source:
        """Return the stack that writes a section."""
        return self._inherited.get(section, self._own)

    def add(self, path: Path, problem: str, got: object, *, allowed: str, next_step: str) -> None:
        """Add a mistake; `got` is shown as it would be written."""
        mistake = Mistake(
            setting=self.setting(path),
            problem=problem,
            got=shown(got),
            allowed=allowed,
            next_step=next_step,
            where=self._where(path),
        )
        self._found.append((path, mistake))

    def add_not_built(self, path: Path, value: object, works_today: str) -> None:
        """Add the mistake of naming something that is not built."""
        self.add(
            path,
            NOT_BUILT,
            value,
            allowed="nothing yet: leave it out",
            next_step=f"remove it; what works today: {works_today}",
        )

    def add_all(self, mistakes: Sequence[Mistake]) -> None:
        """Add the mistakes of a stack file that could not be read."""
        self._found.extend(((), mistake) for mistake in mistakes)

    def refuse_secret(self, path: Path, value: object) -> bool:
        """Add a mistake if the value is a secret, which is not shown; return whether it is one."""
        if not is_secret(value):
            return False
        self.add(
            path,
            "is a secret, and secrets do not belong in the settings of the platform",
            value,
            allowed="plain settings",
            next_step="keep it in the cloud's secret manager; rotate it if it was ever plain",
        )
        return True

    def setting(self, path: Path) -> str:
        """Return what a reader calls a setting: `models[qwen2.5-7b].replicas.max`."""
        text = ""
        for depth, part in enumerate(path):
            if isinstance(part, int):
                text += f"[{self._item_name(path[: depth + 1])}]"
            else:
                text += f".{part}" if text else part
        return text

    def raise_if_any(self) -> None:
        """Raise all mistakes at once, if there are any.

        Raises:
            SpecError: At least one mistake was added.
        """
        if self._found:
            ordered = sorted(self._found, key=lambda found: self._position(found[0]))
            raise SpecError(self._own.stack, [mistake for _, mistake in ordered])

    def _position(self, path: Path) -> tuple[int, int]:
        # Section by section and item by item, as the stack file is read.
        sections = [*self._own.sections(), *self._inherited]
        section = sections.index(path[0]) if path and path[0] in sections else -1
        return section, path[1] if len(path) > 1 and isinstance(path[1], int) else -1

    def _where(self, path: Path) -> str:
        return self.source(str(path[0])).where(path) if path else ""

    def _item_name(self, path: Path) -> str:
        # Items are called by name, unless the name is missing or not the only one of its kind.
        items = self.source(str(path[0])).section(str(path[0]))
        index = path[1]
        if len(path) != 2 or not isinstance(items, list) or not isinstance(index, int):  # noqa: PLR2004 - section and index
            return str(path[-1])
        names = [item.get("name") if isinstance(item, Mapping) else None for item in items]
        name = names[index] if index < len(names) else None
        return name if isinstance(name, str) and names.count(name) == 1 else str(index)
