"""`tokenworks fit` as its user runs it: the answer, its exit code, how long it takes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.sizing.advice import changes, longest_context
from infra.sizing.answer import answer, as_text
from infra.sizing.request import Request, answered
from infra.sizing.selection import DOCUMENT, document
from infra.spec.mistakes import MistakesError
from tests.unit.sizing.configs import ALL

PROGRAM = Path(sys.executable).with_name("tokenworks")
FITS = ("Qwen/Qwen2.5-7B-Instruct", "--gpu", "L4")
TOO_LARGE = ("meta-llama/Llama-3.3-70B-Instruct", "--gpu", "H100", "--max-model-len", "32768")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "fit", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_what_fits_says_what_is_left_and_ends_with_0() -> None:
    done = run(*FITS)
    assert done.returncode == 0, done.stderr
    assert "fits: " in done.stdout
    for part in ("weights", "activation", "CUDA graphs", "other", "KV cache", "concurrency"):
        assert part in done.stdout


def test_what_does_not_fit_says_how_much_is_missing_and_the_smallest_change() -> None:
    done = run(*TOO_LARGE)
    assert done.returncode == 1
    assert re.search(r"does not fit: [\d.]+ GiB are missing", done.stdout)
    assert "smallest change: " in done.stdout


def test_the_json_answer_has_units_in_its_names_and_adds_up() -> None:
    said = json.loads(run(*FITS, "--json").stdout)
    parts = ("weights", "activation", "graphs", "other", "kv_cache")
    whole = sum(said[f"{part}_gib_per_gpu"] for part in parts)
    assert whole == pytest.approx(said["budget_gib"], abs=0.01)
    assert said["fits"] is True
    assert said["short_gib"] == 0


def test_mistakes_come_all_at_once_with_exit_code_2() -> None:
    done = run("no/such-model", "--gpu", "Q9", "--tensor-parallel", "0")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("  next:") == 3
    assert "Traceback" not in done.stderr


def test_nothing_heavy_is_loaded_before_the_answer() -> None:
    code = (
        "import sys; from infra.cli_fit import run; run(sys.argv[1:]); "
        "heavy = {'typer', 'pydantic', 'pulumi', 'yaml', 'jinja2', 'rich', 'boto3'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *FITS],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PATH": os.environ["PATH"]},
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_line_lists_it_with_the_others() -> None:
    done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)
    assert "fit " in done.stdout


def test_each_change_that_is_named_makes_it_fit() -> None:
    found = answered(Request(model=TOO_LARGE[0], gpu="H100", max_model_len=32768))
    named = changes(found)
    assert named
    assert all(change.result.fits for change in named)
    assert changes(named[0].result) == []


def test_the_longest_context_fits_and_one_token_more_does_not() -> None:
    found = answered(Request(model="meta-llama/Llama-3.1-8B-Instruct", gpu="L4"))
    longest = longest_context(found)
    assert 0 < longest < 131_072
    assert found.fits_context(longest)
    assert not found.fits_context(longest + 1)


def test_a_shorter_context_is_the_smallest_change_where_it_is_enough() -> None:
    model = "meta-llama/Llama-3.1-8B-Instruct"
    request = Request(
        model=model,
        gpu="L4",
        max_model_len=65_536,
        max_num_seqs=64,
        memory_utilization=0.95,
        eager=True,
    )
    said = answer("m", answered(request))
    assert not said.fits
    assert "smallest change: --max-model-len" in as_text(said), as_text(said)


def test_graphs_beside_the_budget_need_room_before_0_20() -> None:
    request = Request(
        model="Qwen/Qwen3-32B",
        gpu="H100",
        memory_utilization=0.999,
        max_model_len=2048,
        engine="0.11.0",
    )
    found = answered(request)
    assert found.margin_bytes > 0
    assert not found.fits
    assert any(change.text == "--eager" for change in changes(found))


@pytest.mark.parametrize(
    ("word", "gib"),
    [
        ("H100 80GB", 79.18),
        ("RTX 4070 Laptop 8GB (7.65GiB)", 7.65),
        ("48GB-class (44.40GiB)", 44.40),
        ("RTX 4090 48GB", 47.28),
        ("RTX 5070 Ti 16GB + RTX 5090 D 32GB", 15.92),
        ("A100 40GB", 39.38),
        ("A100", 79.15),
    ],
)
def test_a_gpu_is_known_as_people_write_it(word: str, gib: float) -> None:
    found = answered(Request(model="Qwen/Qwen3-4B", gpu=word))
    assert found.gpu.memory_gib == pytest.approx(gib)


def test_a_gpu_of_the_catalogue_is_one_of_sizing() -> None:
    for name in ("A10G", "L4", "A100-40GB", "L40S", "A100-80GB", "H100", "RTX-PRO-6000", "H200"):
        assert answered(Request(model="Qwen/Qwen3-4B", gpu=name)).gpu.name == name


def test_a_kind_of_layer_without_a_rule_is_a_report(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    layers = ["full_attention"] * 31 + ["telepathy"]
    file.write_text(json.dumps(ALL["dense"] | {"layer_types": layers}), encoding="utf-8")
    with pytest.raises(MistakesError, match="telepathy"):
        answered(Request(model=str(file), gpu="H100"))


def test_the_selection_of_gpus_is_the_present_one() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run `make golden`"
