"""Puts one more item into a list of a stack file, and leaves every other character as it is.

Owns where the lines go and how they look: as those of the items beside them. A library that loads
and writes YAML with its comments was tried: ruamel.yaml 0.19.1 (2026-11-27) gives our own files
back byte for byte, but not files with CRLF line endings, with lists that are not indented or with
spaces inside brackets. Hence text, at the places that PyYAML's marks name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from infra.spec.stack_file import NAMESPACE

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line for PyYAML 6.0."""
_STEP = 2
_NULL = "tag:yaml.org,2002:null"


class NoPlaceError(ValueError):
    """The file is written in a form to which no item can be added without changing the rest."""


@dataclass(frozen=True)
class Item:
    """What is added."""

    values: Mapping[str, object]
    comments: Mapping[str, str]
    """Comment behind a setting; dropped where a line has several settings."""


@dataclass(frozen=True)
class _Form:
    """How the lines of an item look."""

    dash: int
    """Column of its `-`."""
    content: int
    """Column of its settings."""
    inline: bool = False
    """Whether it is written as `- {name: ...}`."""
    spaced: bool = False
    """Whether an empty line stands before it."""


def with_item(content: str, section: str, item: Item, after: Sequence[str]) -> str:
    """Return the text of a stack file with one more item in a section that is a list.

    Args:
        content: the file; it was loaded, so it has `config:` as a mapping.
        section: name of the section, without the prefix.
        item: what is added, as its last.
        after: sections behind one of which a section that is not there yet goes, best first.

    Raises:
        NoPlaceError: the file has a form that this cannot extend.
    """
    config = _value_of(yaml.compose(content, Loader=yaml.SafeLoader), "config")
    if not isinstance(config, MappingNode) or config.flow_style:
        message = "`config:` is written in braces"
        raise NoPlaceError(message)
    for key, value in config.value:
        if key.value == NAMESPACE + section:
            return _into(content, key, value, item)
    return _new_section(content, config, section, item, after)


def with_word(content: str, section: str, index: int, setting: str, word: str) -> str:
    """Return the text of a stack file with one more word in a list of an item.

    Args:
        content: the file; it was loaded, so it has all of these.
        section: name of the section, without the prefix.
        index: which of its items.
        setting: the list of words.
        word: what is added, as its last.
    """
    config = _value_of(yaml.compose(content, Loader=yaml.SafeLoader), "config")
    items = _value_of(config, NAMESPACE + section)
    words = _value_of(items.value[index] if items else None, setting)
    if not isinstance(words, SequenceNode) or not words.value:
        message = f"`{setting}` is not a list that is written out"
        raise NoPlaceError(message)
    last = words.value[-1]
    if words.flow_style:
        at = last.end_mark.index
        return f"{content[:at]}, {_flow(word)}{content[at:]}"
    at = _end_of_line(content, _end(content, last))
    return _inserted(content, at, [f"{' ' * words.start_mark.column}- {_flow(word)}"])


def _into(content: str, key: Node, value: Node, item: Item) -> str:
    if isinstance(value, SequenceNode) and value.start_mark.index > key.start_mark.index:
        if value.flow_style:
            return _into_brackets(content, value, item)
        return _behind_items(content, key, value, item)
    if isinstance(value, ScalarNode) and value.tag == _NULL:
        start, end = value.start_mark.index, value.end_mark.index
        kept = content[:start].rstrip(" ") + content[end:] if start < end else content
        dash = key.start_mark.column + _STEP
        at = _end_of_line(kept, key.end_mark.index)
        return _inserted(kept, at, _lines(item, _Form(dash=dash, content=dash + _STEP)))
    message = f"`{key.value}` is not a list that is written out"
    raise NoPlaceError(message)


def _into_brackets(content: str, value: SequenceNode, item: Item) -> str:
    text = _flow(dict(item.values))
    if not value.value:
        at = value.start_mark.index + 1
        return content[:at] + text + content[at:]
    at = value.value[-1].end_mark.index
    return f"{content[:at]}, {text}{content[at:]}"


def _behind_items(content: str, key: Node, value: SequenceNode, item: Item) -> str:
    *_, last = value.value
    dash = value.start_mark.column
    is_mapping = isinstance(last, MappingNode)
    inline = is_mapping and bool(last.flow_style)
    spaced = False
    if len(value.value) > 1:
        before_last = value.value[-2]
        spaced = _has_empty_line(content[_end(content, before_last) : last.start_mark.index])
    form = _Form(
        dash=dash,
        content=last.start_mark.column if is_mapping else dash + _STEP,
        inline=inline,
        spaced=spaced,
    )
    at = _behind_comments(content, _end(content, last), key.start_mark.column)
    return _inserted(content, at, _lines(item, form))


def _new_section(
    content: str, config: MappingNode, section: str, item: Item, after: Sequence[str]
) -> str:
    entries = {key.value.removeprefix(NAMESPACE): (key, value) for key, value in config.value}
    behind = next((name for name in after if name in entries), list(entries)[-1])
    _, value = entries[behind]
    column = config.value[0][0].start_mark.column
    at = _behind_comments(content, _end(content, value), column)
    spaced = _has_empty_line(content[config.start_mark.index : config.end_mark.index])
    dash = column + _STEP
    lines = _lines(item, _Form(dash=dash, content=dash + _STEP))
    return _inserted(content, at, [*[""] * spaced, f"{' ' * column}{NAMESPACE}{section}:", *lines])


def _lines(item: Item, form: _Form) -> list[str]:
    before = [""] * form.spaced
    lead = f"{' ' * form.dash}-".ljust(form.content)
    if form.inline:
        return [*before, f"{lead}{_flow(dict(item.values))}"]
    lines = []
    for name, value in item.values.items():
        comment = f"  # {item.comments[name]}" if name in item.comments else ""
        lines.append(f"{' ' * form.content}{name}: {_flow(value)}{comment}")
    return [*before, lead + lines[0].lstrip(), *lines[1:]]


def _flow(value: object) -> str:
    """Return a value on one line."""
    text = _dumped(value, readable=True)
    # PyYAML writes a character that ends a line as it is, and reads a space in its place.
    if _BREAK.search(text):
        text = _dumped(value, readable=False)
    return text


def _dumped(value: object, *, readable: bool) -> str:
    text = yaml.safe_dump(
        [value],
        default_flow_style=True,
        sort_keys=False,
        width=float("inf"),
        allow_unicode=readable,
    )
    return text.strip("\n")[1:-1]


def _inserted(content: str, at: int, lines: Sequence[str]) -> str:
    """Put lines at the end of the line that ends at `at`, with the line endings of the file."""
    found = _BREAK.search(content)
    ending = found[0] if found else "\n"
    return content[:at] + "".join(ending + line for line in lines) + content[at:]


def _end(content: str, node: Node) -> int:
    """Return where the text of a node ends: marks of blocks lie behind comments that follow."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(content, last[1] if isinstance(last, tuple) else last)
    return len(content[: node.end_mark.index].rstrip())


def _end_of_line(content: str, at: int) -> int:
    found = _BREAK.search(content, at)
    return found.start() if found else len(content)


def _behind_comments(content: str, at: int, column: int) -> int:
    """Return the end of the line, or of the comments that follow it and stand further right."""
    end = _end_of_line(content, at)
    while found := _BREAK.match(content, end):
        line = content[found.end() : _end_of_line(content, found.end())]
        text = line.lstrip(" ")
        if not text.startswith("#") or len(line) - len(text) <= column:
            break
        end = found.end() + len(line)
    return end


def _has_empty_line(text: str) -> bool:
    return any(not line.strip() for line in _BREAK.split(text)[1:-1])


def _value_of(root: Node | None, name: str) -> Node | None:
    pairs = root.value if isinstance(root, MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)
