"""`tokenworks fit`, which answers in a fraction of a second.

Apart from the other commands, and with the standard library's parser: Typer 0.29 imports pydantic
before it runs a command, which alone takes most of half a second on a small machine (measured
2026-11-26).
"""

import argparse
import json
import sys
from collections.abc import Sequence

from infra.sizing.answer import answer, as_dict, as_text
from infra.sizing.request import Request, answered
from infra.spec.mistakes import MistakesError

DESCRIPTION = """\
Say whether a model fits a GPU, what is left for its cache, and what would make it fit.
Exit code 0 when it fits, 1 when it does not, 2 when it cannot be said."""


def run(arguments: Sequence[str]) -> int:
    """Answer one question; return the exit code."""
    asked = _parser().parse_args(arguments)
    as_json: bool = asked.json
    words = {name: value for name, value in vars(asked).items() if name != "json"}
    request = Request(**words)
    try:
        said = answer(request.model, answered(request), request.context)
    except MistakesError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{json.dumps(as_dict(said), indent=2) if as_json else as_text(said)}\n")
    return 0 if said.fits else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tokenworks fit",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", help="repository of the hub, or the path of a config.json")
    parser.add_argument("--gpu", required=True, help="L4, L40S, H100, ..., or its memory: 48GB")
    for option, text in (
        ("--tensor-parallel", "GPUs that share each layer"),
        ("--pipeline-parallel", "groups of layers, each on GPUs of its own"),
    ):
        parser.add_argument(option, type=int, default=1, metavar="N", help=text)
    for option, text in (
        ("--max-model-len", "longest request, in tokens; else the model's"),
        ("--max-num-seqs", "requests at once; else the engine's default"),
        ("--max-num-batched-tokens", "tokens of a batch; else the engine's default"),
        ("--context", "length of the requests that concurrency is counted in"),
    ):
        parser.add_argument(option, type=int, metavar="N", help=text)
    parser.add_argument("--memory-utilization", type=float, metavar="SHARE", help="0 to 1")
    parser.add_argument("--quantization", default="", help="format; else what name or config say")
    parser.add_argument("--dtype", default="auto", help="auto, bfloat16 or float16")
    parser.add_argument(
        "--kv-cache-dtype", dest="cache_dtype", default="auto", help="auto, bfloat16, float16, fp8"
    )
    parser.add_argument(
        "--engine-version", dest="engine", default="", help="vLLM; else what stacks deploy"
    )
    parser.add_argument("--eager", action="store_true", help="without CUDA graphs")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    return parser
