"""Goldens: the graph of every stack as text, in `tests/golden`. As a module, rewrites them."""

import sys
from pathlib import Path

from infra.graph.golden import golden
from infra.graph.record import record_stack
from tests.support.stacks import STACKS

FOLDER = Path(__file__).resolve().parents[1] / "golden"


def golden_file(stack: str) -> Path:
    """Return where the golden of a stack lies."""
    return FOLDER / f"{stack}.yaml"


def rewrite(folder: Path = FOLDER, stacks: tuple[str, ...] = STACKS) -> list[Path]:
    """Write the golden of every stack, remove those of lost stacks, return what changed."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / f"{stack}.yaml": golden(record_stack(stack)) for stack in stacks}
    gone = [path for path in sorted(folder.glob("*.yaml")) if path not in wanted]
    for path in gone:
        path.unlink()
    changed = [path for path, text in wanted.items() if _text_of(path) != text]
    for path in changed:
        path.write_text(wanted[path], encoding="utf-8")
    return gone + changed


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main() -> None:
    """Rewrite the goldens and name what changed."""
    changed = rewrite()
    lines = [f"changed: {path.relative_to(FOLDER.parents[1])}" for path in changed]
    sys.stdout.write("\n".join(lines or ["no golden changed"]) + "\n")


if __name__ == "__main__":
    main()
