"""A stack file that gets an entry: as it is, as it would be, and written.

Owns loading both through the ordinary loader, and a write after which the file is whole.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from infra.additions.insertion import Item, NoPlaceError, with_item, with_word
from infra.spec.files import parse_stack_file, read_stack_file, stack_path, stack_text
from infra.spec.loader import load_stack
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.stack import StackSpec
from infra.spec.stack_file import NAMESPACE, StackFile


@dataclass(frozen=True)
class StackSource:
    """One stack file that loads without a mistake."""

    name: str
    folder: Path
    text: str
    config: StackFile
    spec: StackSpec
    """As it was read."""
    base: StackFile | None = None
    """The stack that it extends, where that is not as in its file."""

    @property
    def shown(self) -> str:
        """The file, as a reader knows it."""
        return self.config.file

    def items(self, section: str) -> list[dict[str, object]]:
        """Return the items of a section that is a list, as written."""
        found = self.config.get(NAMESPACE + section)
        listed = found if isinstance(found, list) else []
        return [{str(key): value for key, value in one.items()} for one in listed]

    def place(self, section: str, name: str) -> str:
        """Return file and line of an item by its name."""
        names = [one.get("name") for one in self.items(section)]
        return self.config.place((section, names.index(name)))

    def spec_with(self, section: str, values: Mapping[str, object]) -> StackSpec:
        """Return the stack with one more item, without its text.

        Raises:
            SpecError: It would have mistakes; it carries all of them.
        """
        config = {**self.config, NAMESPACE + section: [*self.items(section), dict(values)]}
        return load_stack(self.name, config, self._read_base)

    def with_word(self, section: str, name: str, setting: str, word: str) -> "StackSource":
        """Return the file with one more word in a list of an item; it is not loaded yet.

        Raises:
            SpecError: Its form cannot be extended.
        """
        index = [one.get("name") for one in self.items(section)].index(name)
        try:
            text = with_word(self.text, section, index, setting, word)
        except NoPlaceError as error:
            item = Item({"name": name}, {})
            raise SpecError(self.name, [self._no_place(section, str(error), item)]) from error
        return replace(self, text=text, config=parse_stack_file(self.name, text))

    def loaded(self) -> StackSpec:
        """Return the stack as its text is now.

        Raises:
            SpecError: It has mistakes; it carries all of them.
        """
        return load_stack(self.name, self.config, self._read_base)

    def extended(self, section: str, item: Item, after: Sequence[str]) -> "StackSource":
        """Return the stack with one more item, as text that was loaded like any other.

        Raises:
            SpecError: It would have mistakes, or its form cannot be extended.
        """
        try:
            text = with_item(self.text, section, item, after)
            config = parse_stack_file(self.name, text)
        except NoPlaceError as error:
            raise SpecError(self.name, [self._no_place(section, str(error), item)]) from error
        after_it = replace(self, text=text, config=config)
        after_it = replace(after_it, spec=after_it.loaded())
        wanted = {**self.config, NAMESPACE + section: [*self.items(section), dict(item.values)]}
        if dict(config) != wanted:
            problem = "anchors or another rare form would change more than one entry"
            raise SpecError(self.name, [self._no_place(section, problem, item)])
        return after_it

    def _read_base(self, base: str) -> StackFile:
        return self.base or read_stack_file(base, self.folder)

    def _no_place(self, section: str, problem: str, item: Item) -> Mistake:
        return Mistake(
            setting=section,
            problem=f"an entry cannot be added without changing other lines: {problem}",
            got=str(item.values.get("name")),
            allowed="a list with a line `- name: ...` for each, as in stacks/Pulumi.aws-dev.yaml",
            next_step="write the entry by hand; `tokenworks explain` says whether it is right",
            where=self.shown,
        )


def read_stack(name: str, folder: Path) -> StackSource:
    """Return a stack file that is right as it is.

    Raises:
        SpecError: It is not; it carries every mistake.
    """
    text = stack_text(name, folder)
    config = parse_stack_file(name, text)
    spec = load_stack(name, config, lambda base: read_stack_file(base, folder))
    return StackSource(name, folder, text, config, spec)


def write_stacks(changes: Sequence[tuple[StackSource, StackSource]]) -> None:
    """Write several files; where one cannot be written, those before it become what they were.

    Raises:
        SpecError: One is not what was read any more.
        OSError: One cannot be written.
    """
    done: list[tuple[StackSource, StackSource]] = []
    try:
        for before, after in changes:
            write_stack(before, after)
            done.append((before, after))
    except BaseException:
        for before, after in reversed(done):
            write_stack(after, before)
        raise


def write_stack(before: StackSource, after: StackSource) -> Path:
    """Put the file in its place, whole or not at all, with the rights that it had.

    Raises:
        SpecError: It is not what was read any more.
        OSError: It cannot be written.
    """
    file = stack_path(after.name, after.folder).resolve()
    if stack_text(before.name, before.folder) != before.text:
        raise SpecError(before.name, [_changed(before)])
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(stream.fileno(), file.stat().st_mode & 0o7777)
            stream.write(after.text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return file


def _changed(before: StackSource) -> Mistake:
    return Mistake(
        setting="stack file",
        problem="was changed by somebody else meanwhile",
        got="another text than a moment ago",
        allowed="a file that nobody writes at the same time",
        next_step="run the command again",
        where=before.shown,
    )
