"""The comment: what is above the fold, that it fits, and that nothing in it is more than text."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.review.changes import Action, ResourceChange, changes
from infra.review.html import page
from infra.review.markdown import GITHUB_LIMIT, MARKER, comment
from infra.review.model import Outcome, PolicyResult
from infra.review.text import code, prose
from tests.support.review import graph, resource, review_of, secret, stack_review

NASTY = (
    "</code></details><script>alert(1)</script> @everyone #1 `code` | cell | **bold** _i_ ~s~ "
    "[link](http://example.com) www.example.com $x$ <!-- -->\n# heading\n- item &amp; \u202e"
)
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
MACHINES = "aws:eks/nodeGroup:NodeGroup"


def many_changes(count: int, values: int = 6) -> tuple[ResourceChange, ...]:
    sides = [
        graph(
            *(
                resource(
                    POLICY,
                    f"policy-{index}",
                    {f"p{n}": f"{side}-{'x' * 50}" for n in range(values)},
                )
                for index in range(count)
            )
        )
        for side in ("before", "after")
    ]
    return changes(*sides)


def replaced(name: str) -> ResourceChange:
    sides = [
        resource(MACHINES, name, {"instanceTypes": [machine], "labels": {"nvidia.com/gpu": "1"}})
        for machine in ("g6.xlarge", "g6.2xlarge")
    ]
    (found,) = changes(*(graph(side) for side in sides))
    return found


def test_the_first_line_is_the_marker_by_which_the_comment_is_found_again() -> None:
    assert comment(review_of()).splitlines()[0] == MARKER


def test_a_review_without_a_change_says_so() -> None:
    assert "No stack changes" in comment(review_of(stack_review(())))


def test_what_is_replaced_stands_above_the_fold() -> None:
    text = comment(review_of(stack_review((replaced("gpus"), *many_changes(3)))))

    above = text.partition("<details>")[0]

    assert "**replace** NodeGroup <code>gpus</code>" in above
    assert "policy-1" not in above


def test_what_is_turned_over_in_place_stands_above_the_fold() -> None:
    sides = [graph(resource(MACHINES, "system", {"version": text})) for text in ("1.35", "1.36")]
    found = stack_review(changes(*sides))

    assert "every node is replaced" in comment(review_of(found)).partition("<details>")[0]
    assert "Turned over in place" in page(review_of(found))


def test_a_new_warning_stands_above_the_fold_and_one_of_the_base_does_not() -> None:
    new, old = (
        PolicyResult(
            rule=rule, outcome=Outcome.WARNS, message="no digest", resources=(), is_new=is_new
        )
        for rule, is_new in (("since-now", True), ("as-ever", False))
    )
    above = comment(review_of(stack_review((), policies=(new, old)))).partition("<details>")[0]

    assert "since-now" in above
    assert "as-ever" not in above


def test_400_changed_resources_fit_and_are_all_named() -> None:
    text = comment(review_of(stack_review((replaced("gpus"), *many_changes(400)))))

    assert len(text) <= GITHUB_LIMIT
    assert "**replace** NodeGroup <code>gpus</code>" in text
    assert {int(found) for found in re.findall(r"policy-(\d+)", text)} == set(range(400))
    assert "by name only" in text


def test_more_than_fits_is_counted() -> None:
    text = comment(review_of(stack_review(many_changes(3_000, values=1))))
    named = len(set(re.findall(r"policy-\d+", text)))

    assert len(text) <= GITHUB_LIMIT
    assert f"Cut: {3_000 - named} resources" in text


def test_400_replaced_gpu_pools_fit_and_the_cut_is_counted() -> None:
    text = comment(review_of(stack_review(tuple(replaced(f"pool-{n}") for n in range(400)))))

    assert len(text) <= GITHUB_LIMIT
    assert "more are cut here" in text


def test_each_of_many_stacks_has_its_share() -> None:
    reviews = [stack_review(many_changes(100), stack=f"stack-{n}") for n in range(8)]

    text = comment(review_of(*reviews))

    assert len(text) <= GITHUB_LIMIT
    assert all(f"<details><summary><code>stack-{n}</code>" in text for n in range(8))


def test_a_failing_policy_and_its_resources_stand_above_the_fold() -> None:
    finding = PolicyResult(
        rule="nodes-require-imdsv2",
        outcome=Outcome.FAILS,
        message="set `httpTokens`",
        resources=("template",),
        is_new=True,
    )

    review = review_of(stack_review((), policies=(finding,)))
    above = comment(review).partition("<details>")[0]

    assert "nodes-require-imdsv2" in above
    assert "template" in above
    assert review.exit_code == 1


class Tags(HTMLParser):
    """Collects the tags of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.add(tag)


def tags_of(text: str) -> set[str]:
    parser = Tags()
    parser.feed(text)
    return parser.tags


@given(st.text(max_size=200))
def test_no_text_is_more_than_text(text: str) -> None:
    for shown in (code(text, 500), prose(text)):
        inside = shown.removeprefix("<code>").removesuffix("</code>")

        assert not set("<>`|*_[]~@#$\\!\n\"'") & set(re.sub(r"&#\d+;", "", inside))
        assert "://" not in inside
        assert "www." not in inside.lower()
        assert "&#64;" not in prose(text).replace("&#64;\u200b", "")


def test_a_nasty_value_adds_no_tag_cell_mention_or_line() -> None:
    def side(value: str):  # noqa: ANN202
        return graph(resource(MACHINES, NASTY, {"labels": {NASTY: value}}))

    def told(*values: str) -> str:
        found = changes(*(side(value) for value in values))
        return comment(review_of(stack_review(found), notes=(NASTY,)))

    text, calm = told(NASTY, NASTY + "2"), told("a", "b")

    assert tags_of(text) == tags_of(calm)
    assert text.count("\n") == calm.count("\n")
    assert "@everyone" not in text
    assert "](http" not in text


def test_a_nasty_value_is_text_in_the_report_too() -> None:
    def side(value: str):  # noqa: ANN202
        return graph(resource(MACHINES, NASTY, {"labels": {"x": value}}))

    text = page(review_of(stack_review(changes(side(NASTY), side("b")))))

    assert "script" not in tags_of(text)
    assert "<script" not in text


@pytest.mark.parametrize("render", [comment, page])
def test_a_secret_is_in_no_text_whatever_way_it_came(render) -> None:  # noqa: ANN001
    marker = "marker-5f1d7c"
    sides = [
        graph(resource("aws:s3/bucket:Bucket", "b", {"tags": {"x": value}}, protect=True))
        for value in (marker, secret(marker))
    ]
    finding = PolicyResult(
        rule="r", outcome=Outcome.FAILS, message=f"not {marker}", resources=(marker,), is_new=True
    )
    one = stack_review(
        changes(*sides), policies=(finding,), notes=(f"secret {marker}",), mistakes=""
    )

    text = render(review_of(one, secrets=frozenset({marker})))

    assert marker not in text
    assert "secret" in text


def test_a_token_that_says_what_it_is_is_hidden_without_being_marked() -> None:
    token = "hf_" + "a1B2" * 9
    sides = [graph(resource(MACHINES, "n", {"labels": {"x": value}})) for value in ("a", token)]

    assert token not in comment(review_of(stack_review(changes(*sides))))


def test_the_report_asks_for_nothing_from_outside() -> None:
    text = page(review_of(stack_review((replaced("gpus"),))))

    assert not re.search(r"(?:src|href)=|url\(|@import|https?://", text)


def test_every_action_has_a_word_in_the_table_of_actions() -> None:
    assert len({action.value for action in Action}) == len(Action)
