"""Follows one expression: which series it asks for, and which labels each part of it carries.

Owns the rules of PromQL by which labels come and go (prometheus.io, "Operators" and "Functions",
read 2026-11). Where a part is wrong, what stands on it is not judged: one mistake, one report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import promql_parser as promql

from infra.catalog.metric_lists import Kind, MetricList
from tests.support.promql.names import Names
from tests.support.promql.problem import Problem

KEEP_ALL = {"topk", "bottomk", "limitk", "limit_ratio"}
"""Aggregations that hand on series as they are."""
OF_COUNTERS = {"rate", "irate", "increase", "resets"}
OF_GAUGES = {"delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing"}
SORTS = {"sort_by_label", "sort_by_label_desc"}
ABSENT = {"absent", "absent_over_time"}
MOST_SHOWN = 8
"""Labels that a message lists; with more of them the nearest one says enough."""
SETS = {"and", "or", "unless"}


@dataclass(frozen=True)
class Vector:
    """What is known of the series of an answer."""

    labels: frozenset[str] = frozenset()
    known: bool = True
    """False: something below it is wrong, so its labels are not known."""
    called: str = "the answer"
    """For messages."""

    def has(self, label: str) -> bool:
        """Whether its series may carry a label."""
        return not self.known or label in self.labels


Scalar = None
"""A number or a text: nothing that has labels."""


class Reading:
    """One expression, read against the names that exist."""

    def __init__(self, expression: str, names: Names) -> None:
        """Read it.

        Args:
            expression: PromQL; variables of dashboards are replaced before.
            names: the series that exist.
        """
        self._names = names
        self.problems: list[Problem] = []
        self.rests_on: set[MetricList] = set()
        """The lists that have what it names, through everything that is recorded."""
        self.metrics: set[str] = set()
        """What it names itself."""
        self.answer: Vector | None = Vector(known=False)
        try:
            parsed = _parsed(expression)
        except ValueError as error:
            self._mistake(expression, f"is no PromQL: {error}")
            return
        self.answer = self._read(parsed)

    def _read(self, node: promql.Expr) -> Vector | None:  # noqa: PLR0911 - one way for each kind of node
        match node:
            case promql.VectorSelector():
                return self._selector(node)
            case promql.MatrixSelector():
                return self._selector(node.vector_selector)
            case promql.SubqueryExpr() | promql.ParenExpr() | promql.UnaryExpr():
                return self._read(node.expr)
            case promql.AggregateExpr():
                return self._aggregation(node)
            case promql.BinaryExpr():
                return self._binary(node)
            case promql.Call():
                return self._call(node)
            case _:
                return Scalar

    def _mistake(
        self,
        subject: str,
        text: str,
        meant: str | None = None,
        *,
        wrong: str = "",
        among: frozenset[str] = frozenset(),
    ) -> None:
        self.problems.append(Problem(subject, text, meant, wrong, among))

    def _need(self, labels: Iterable[str], vector: Vector, where: str) -> bool:
        """Report each label that a vector cannot have; say whether it may have all."""
        missing = [label for label in labels if not vector.has(label)]
        for label in missing:
            has = ", ".join(sorted(vector.labels)) or "none"
            those = f"; it has: {has}" if len(vector.labels) <= MOST_SHOWN else ""
            self._mistake(
                f"{vector.called}{{{label}}}",
                f"no such label in {where}{those}",
                wrong=label,
                among=vector.labels,
            )
        return not missing

    def _selector(self, node: promql.VectorSelector) -> Vector:
        matchers = [
            *node.matchers.matchers,
            *(m for some in node.matchers.or_matchers for m in some),
        ]
        named = [one for one in matchers if one.name == "__name__"]
        name = node.name or next((m.value for m in named if m.op == promql.MatchOp.Equal), None)
        if name is None:
            self._mistake(str(node), "asks for series without naming a metric")
            return Vector(known=False)
        self.metrics.add(name)
        jobs = self._jobs(name, matchers)
        known = self._names.find(name, jobs)
        if known is None:
            self._unknown(name, jobs)
            return Vector(known=False)
        self.rests_on |= known.lists
        vector = Vector(known.labels, called=name)
        labels = [one.name for one in matchers if one.name != "__name__"]
        return vector if self._need(labels, vector, "its selector") else Vector(known=False)

    def _unknown(self, name: str, jobs: frozenset[str] | None) -> None:
        if elsewhere := self._names.jobs_of(name):
            asked = ", ".join(sorted(jobs or ()))
            self._mistake(name, f"job {asked} has it not", f'job="{min(elsewhere)}"')
        else:
            text = "no pinned list has it, no rule records it"
            self._mistake(name, text, wrong=name, among=self._names.every)

    def _jobs(self, name: str, matchers: list[promql.Matcher]) -> frozenset[str] | None:
        jobs: frozenset[str] | None = None
        for one in matchers:
            if one.name != "job" or one.op not in (promql.MatchOp.Equal, promql.MatchOp.Re):
                continue
            found = (
                self._names.jobs & {one.value}
                if one.op == promql.MatchOp.Equal
                else self._names.matching_jobs(one.value)
            )
            if not found:
                text = f"no job is called {one.value}"
                self._mistake(name, text, wrong=one.value, among=self._names.jobs)
            else:
                jobs = found if jobs is None else jobs & found
        return jobs

    def _aggregation(self, node: promql.AggregateExpr) -> Vector:
        inner = self._read(node.expr) or Vector()
        operation = str(node.op)
        labels = frozenset(node.modifier.labels) if node.modifier else frozenset[str]()
        is_without = bool(node.modifier and node.modifier.type == promql.AggModifierType.Without)
        fine = self._need(sorted(labels), inner, "without" if is_without else "by")
        if isinstance(node.param, promql.StringLiteral):  # count_values("version", …)
            labels = labels if is_without else labels | {node.param.val}
        elif node.param is not None:
            self._read(node.param)
        if not fine or (is_without and not inner.known):
            return Vector(known=False)
        if operation in KEEP_ALL:
            return inner
        return Vector(inner.labels - labels if is_without else labels, called=operation)

    def _binary(self, node: promql.BinaryExpr) -> Vector | None:
        left, right = self._read(node.lhs), self._read(node.rhs)
        if left is Scalar or right is Scalar:
            return left or right
        operation, modifier = str(node.op), node.modifier
        if not self._match(operation, modifier, left, right):
            return Vector(known=False)
        if operation in SETS:
            more = right if operation == "or" else left
            return Vector(left.labels | more.labels, left.known and more.known, left.called)
        if modifier is None or modifier.card == promql.VectorMatchCardinality.OneToOne:
            return self._one_to_one(modifier, left)
        to_left = modifier.card == promql.VectorMatchCardinality.ManyToOne
        many, one = (left, right) if to_left else (right, left)
        taken = modifier.group_labels or []
        if not self._need(taken, one, "group_left or group_right"):
            return Vector(known=False)
        return Vector(many.labels | set(taken), many.known, called=many.called)

    def _one_to_one(self, modifier: promql.BinModifier | None, left: Vector) -> Vector:
        matching = modifier.matching if modifier else None
        if matching is None:
            return left
        if matching.type == promql.LabelModifierType.Include:
            return Vector(frozenset(matching.labels))
        return Vector(left.labels - set(matching.labels), left.known)

    def _match(
        self,
        operation: str,
        modifier: promql.BinModifier | None,
        left: Vector,
        right: Vector,
    ) -> bool:
        """Whether series of both sides can find each other; report why not."""
        matching = modifier.matching if modifier else None
        if matching and matching.type == promql.LabelModifierType.Include:
            both = [self._need(matching.labels, side, "on") for side in (left, right)]
            return all(both)
        if operation == "or" or not (left.known and right.known):
            return True
        ignored = frozenset(matching.labels) if matching else frozenset[str]()
        either = Vector(left.labels | right.labels, called=left.called)
        if not self._need(sorted(ignored), either, "ignoring"):
            return False
        if alone := (left.labels ^ right.labels) - ignored:
            names = ", ".join(sorted(alone))
            text = f"never meets {right.called}: only one side of `{operation}` has {names}"
            self._mistake(left.called, text, "on (…) or ignoring (…)")
            return False
        return True

    def _call(self, node: promql.Call) -> Vector | None:
        name = node.func.name
        read = [self._read(argument) for argument in node.args]
        vectors = [one for one in read if one is not Scalar]
        self._types(name, node.args)
        if node.func.return_type in (promql.ValueType.Scalar, promql.ValueType.String):
            return Scalar
        if name in ABSENT:
            return Vector(_told(node.args[0]), called=name)
        if not vectors:
            return Vector(called=name)
        texts = [one.val for one in node.args if isinstance(one, promql.StringLiteral)]
        return self._relabelled(name, vectors[0], texts)

    def _relabelled(self, name: str, inner: Vector, texts: list[str]) -> Vector:
        """Return what a function makes of the labels of its input."""
        if name == "label_replace":
            return self._made(inner, texts[0], [texts[2]], name)
        if name == "label_join":
            return self._made(inner, texts[0], texts[2:], name)
        if name in SORTS:
            return inner if self._need(texts, inner, name) else Vector(known=False)
        if name == "histogram_quantile":
            fine = self._need(["le"], inner, name)
            return Vector(inner.labels - {"le"}, inner.known and fine, called=name)
        return inner

    def _made(self, inner: Vector, label: str, sources: list[str], where: str) -> Vector:
        fine = self._need([one for one in sources if one], inner, where)
        return Vector(inner.labels | {label}, inner.known and fine, called=inner.called)

    def _types(self, function: str, arguments: list[promql.Expr]) -> None:
        """Report a counter where a gauge belongs, and the other way round."""
        for node in arguments:
            name = isinstance(node, promql.MatrixSelector) and node.vector_selector.name
            known = self._names.find(name, None) if name else None
            if not name or known is None:
                continue
            if function in OF_COUNTERS and known.kinds == {Kind.GAUGE}:
                self._mistake(name, f"is a gauge, and {function} is for counters", "delta")
            if function in OF_GAUGES and known.kinds == {Kind.COUNTER}:
                self._mistake(name, f"is a counter, and {function} is for gauges", "rate")


@cache
def _parsed(expression: str) -> promql.Expr:
    """Parse once: the same expression is read against several sets of names."""
    return promql.parse(expression)


def _told(node: promql.Expr) -> frozenset[str]:
    """Return the labels that a selector says the value of: `absent` answers with those."""
    selector = node.vector_selector if isinstance(node, promql.MatrixSelector) else node
    if not isinstance(selector, promql.VectorSelector):
        return frozenset()
    return frozenset(
        one.name
        for one in selector.matchers.matchers
        if one.op == promql.MatchOp.Equal and one.name != "__name__"
    )
