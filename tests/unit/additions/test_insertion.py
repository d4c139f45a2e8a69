"""An item goes into a stack file, and no other character of it changes."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from infra.additions.insertion import Item, NoPlaceError, with_item
from infra.spec.files import parse_stack_file, stack_text
from tests.support.stack_folder import added_lines
from tests.support.stacks import STACKS

NEW = Item({"name": "new", "pool": "l4", "replicas": {"min": 1, "max": 2}}, {"pool": "why"})
BLOCK = ["- name: new", "  pool: l4  # why", "  replicas: {min: 1, max: 2}"]


def lines_at(column: int) -> list[str]:
    return [f"{' ' * column}{line}\n" for line in BLOCK]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("stack", STACKS)
def test_every_other_byte_of_our_stack_files_stays(stack: str, ending: str) -> None:
    before = stack_text(stack).replace("\n", ending)

    for section in ("models", "gpuPools", "tenants"):
        after = with_item(before, section, NEW, ("gpuPools",))
        added = added_lines(before, after)
        assert all(line.endswith(ending) for line in added)
        assert [line for line in lines_at(4) if line.replace("\n", ending) not in added] == []
        key = f"tokenworks:{section}"
        assert yaml.safe_load(after)["config"][key][-1] == NEW.values


@pytest.mark.parametrize("stack", STACKS)
def test_a_file_without_a_last_line_ending_keeps_having_none(stack: str) -> None:
    before = stack_text(stack).rstrip("\n")

    after = with_item(before, "models", NEW, ("budget",))

    assert not after.endswith("\n")
    assert added_lines(f"{before}\n", f"{after}\n")


def test_items_are_set_apart_as_those_beside_them_are() -> None:
    together = with_item(stack_text("aws-staging"), "models", NEW, ())
    apart = with_item(stack_text("aws-prod-models"), "models", NEW, ())

    assert "context: 65536\n    - name: new\n" in together
    assert "context: 32768\n\n    - name: new\n" in apart


@pytest.mark.parametrize(
    ("section", "after"),
    [
        ("  - a: 1\n", "  - a: 1\n" + "".join(lines_at(2))),
        ("  - a: 1  # end\n", "  - a: 1  # end\n" + "".join(lines_at(2))),
        ("    - a: 1\n    # - b: 2\n", "    - a: 1\n    # - b: 2\n" + "".join(lines_at(4))),
        ("    - a: [1,\n         2]\n", "    - a: [1,\n         2]\n" + "".join(lines_at(4))),
        ("    - a: |\n        x\n", "    - a: |\n        x\n" + "".join(lines_at(4))),
        ("    - a:\n        b:\n", "    - a:\n        b:\n" + "".join(lines_at(4))),
        (
            "    -   a: 1\n",
            "    -   a: 1\n" + "".join(f"    {line[:1]}  {line[1:]}\n" for line in BLOCK),
        ),
        (
            "    - {a: 1}\n",
            "    - {a: 1}\n    - {name: new, pool: l4, replicas: {min: 1, max: 2}}\n",
        ),
    ],
)
def test_a_list_is_continued_as_it_was_begun(section: str, after: str) -> None:
    file = "config:\n  tokenworks:models:\n{}  # Of what follows.\n  tokenworks:environment: dev\n"

    assert with_item(file.format(section), "models", NEW, ()) == file.format(after)


@pytest.mark.parametrize(
    ("value", "after"),
    [
        (" []", " [{name: new, pool: l4, replicas: {min: 1, max: 2}}]"),
        (" [{a: 1}]", " [{a: 1}, {name: new, pool: l4, replicas: {min: 1, max: 2}}]"),
        (" [{a: 1},]", " [{a: 1}, {name: new, pool: l4, replicas: {min: 1, max: 2}},]"),
        ("", "\n" + "".join(lines_at(4)).rstrip("\n")),
        (" ~  # none", "  # none\n" + "".join(lines_at(4)).rstrip("\n")),
    ],
)
def test_a_list_in_brackets_and_one_that_is_empty_are_continued(value: str, after: str) -> None:
    file = "config:\n  tokenworks:models:{}\n  tokenworks:environment: dev\n"

    assert with_item(file.format(value), "models", NEW, ()) == file.format(after)


@pytest.mark.parametrize(
    "file",
    [
        "config: {tokenworks:environment: dev}\n",
        "config:\n  tokenworks:a: &m\n    - x: 1\n  tokenworks:models: *m\n",
        "config:\n  tokenworks:models: none\n",
    ],
)
def test_a_form_that_cannot_be_continued_is_refused(file: str) -> None:
    with pytest.raises(NoPlaceError):
        with_item(file, "models", NEW, ())


SCALARS = st.one_of(
    st.integers(), st.booleans(), st.none(), st.text(max_size=12), st.floats(0, 1e6)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.from_regex(r"[a-z][a-zA-Z]{0,8}", fullmatch=True), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(value=VALUES, stack=st.sampled_from(STACKS))
@example(value="a\x85b", stack="aws-dev")
def test_what_was_put_in_is_what_is_read_and_nothing_else_is_read_differently(
    value: object, stack: str
) -> None:
    before = stack_text(stack)
    item = {"name": "new", "value": value}

    after = with_item(before, "models", Item(item, {}), ("gpuPools",))

    old, new = dict(parse_stack_file(stack, before)), dict(parse_stack_file(stack, after))
    models = old.get("tokenworks:models", [])
    assert isinstance(models, list)
    assert new == {**old, "tokenworks:models": [*models, item]}
