"""The series that an expression asks for, one by one: an alert is silent, they are not."""

import promql_parser as promql


def selectors(expression: str) -> tuple[str, ...]:
    """Return every selector of an expression, without its range, offset and time.

    Raises:
        ValueError: it is no PromQL.
    """
    found: list[str] = []

    def visit(node: promql.Expr) -> bool:
        if isinstance(node, promql.VectorSelector):
            found.append(f"{node.name or ''}{node.matchers}")
        return True

    promql.walk(promql.parse(expression), visit)
    return tuple(dict.fromkeys(found))
