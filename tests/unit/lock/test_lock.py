"""`tokenworks lock`: what is asked, what is written, and what stays unresolved."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from infra.catalog.releases import LOCK_FILE, read_lock
from infra.cli import app
from infra.cloud_error import CloudApiError
from infra.lock.addons import addon_version
from infra.lock.answers import Answer, Resolved, Unresolved
from infra.lock.resolve import Sources, Verdict, resolve
from infra.lock.write import LockTextError, with_answers
from infra.wire import Properties, Value
from tests.support.registry import Registry, digest_of, index_of, serving


class Nobody:
    """Stands for every source: nobody is asked."""

    def image(self, _repository: str, _tag: str) -> Answer:
        return Unresolved("not asked")

    def chart(self, _repository: str, _name: str, _version: str) -> Answer:
        return Unresolved("not asked")


TODAY = date(2026, 11, 27)
DIGEST = f"sha256:{'ab' * 32}"
IMAGE = index_of("amd64")
TEXT = """# What the platform installs.
charts:
  # renovate: datasource=helm
  valkey:
    version: 0.11.0
    repository: http://{address}/charts
    digest: null
    # A remark.
    source: somewhere
    sourceDate: 2026-07-22

images:
  vllm:
    repository: {address}/team/vllm
    tag: v1
    digest: null
    source: somewhere  # said so
    sourceDate: 2026-11-20
  pinned:
    repository: {address}/team/pinned
    tag: v1
    digest: {digest}
    source: somewhere
    sourceDate: 2026-11-20
  absent:
    repository: {address}/team/absent
    tag: v1
    digest: null
    source: somewhere
    sourceDate: 2026-11-20

own:
  weights-loader:
    tag: 0.1.0
    digest: null
    source: images
    sourceDate: 2026-11-26

# Versions differ.
addons:
  vpc-cni: &unresolved
    version: null
    source: not asked yet
    sourceDate: 2026-11-25
  kube-proxy: *unresolved
  coredns: *unresolved
"""


@pytest.fixture
def registry() -> Iterator[Registry]:
    index = yaml.safe_dump({"entries": {"valkey": [{"version": "0.11.0", "digest": "cd" * 32}]}})
    manifests = {"team/vllm:v1": IMAGE, "team/pinned:v1": IMAGE}
    with serving(Registry(manifests, {"/charts/index.yaml": index.encode()})) as one:
        yield one


@pytest.fixture
def file(tmp_path: Path, registry: Registry) -> Path:
    path = tmp_path / "releases.lock.yaml"
    text = TEXT.format(address=registry.address, digest=digest_of(IMAGE))
    path.write_text(text, encoding="utf-8")
    return path


def run(file: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["lock", "--file", str(file), *options])
    return done.exit_code, done.output


def test_what_is_answered_is_written_with_date_and_source_and_nothing_else_changes(
    file: Path, registry: Registry
) -> None:
    before = file.read_text(encoding="utf-8").splitlines()

    code, said = run(file)

    assert code == 1, said
    after = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in after] == []
    added = [line for line in after if line not in before]
    dated = [line for line in added if re.fullmatch(r"    digestDate: \d{4}-\d\d-\d\d", line)]
    assert len(dated) == 2
    assert [line for line in added if line not in dated] == [
        f"    digest: sha256:{'cd' * 32}",
        f"    digestSource: http://{registry.address}/charts/index.yaml",
        f"    digestSource: {registry.address}/team/vllm",
    ]
    assert before.count("    digest: null") - after.count("    digest: null") == 2
    lock = read_lock(file)
    assert lock.images["vllm"].digest == digest_of(IMAGE)
    assert lock.images["vllm"].digest_date is not None
    assert lock.unresolved("aws") == [
        "image absent: digest",
        "image weights-loader: digest",
        "add-on vpc-cni: version",
        "add-on kube-proxy: version",
        "add-on coredns: version",
    ]


def test_what_stays_unresolved_is_named_with_its_reason(file: Path) -> None:
    _code, said = run(file)

    assert "images absent: unresolved: " in said
    assert "team/absent:v1: no such tag" in said
    assert "own weights-loader: unresolved: `make images` pushes it" in said
    assert "addons vpc-cni: unresolved: no stack on AWS was named" in said
    assert "images pinned: as pinned" in said
    assert "5 unresolved" in said


def test_a_look_writes_nothing(file: Path) -> None:
    before = file.read_text(encoding="utf-8")

    code, _said = run(file, "--look")

    assert code == 1
    assert file.read_text(encoding="utf-8") == before


def test_a_second_run_changes_nothing(file: Path) -> None:
    run(file)
    before = file.read_text(encoding="utf-8")

    run(file)

    assert file.read_text(encoding="utf-8") == before


def test_a_tag_that_moved_is_reported_and_never_written(file: Path, registry: Registry) -> None:
    registry.manifests["team/pinned:v1"] = index_of("arm64")

    code, said = run(file)

    assert code == 2
    assert "images pinned: moved: pinned sha256:" in said
    assert read_lock(file).images["pinned"].digest == digest_of(IMAGE)


def test_a_registry_that_is_away_leaves_all_of_it_unresolved(
    file: Path, registry: Registry
) -> None:
    before = file.read_text(encoding="utf-8")
    registry.refusals = [(503, {})] * 9

    code, said = run(file)

    assert code == 1
    assert "as pinned; not compared: " in said
    assert file.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "answered", [("vpc-cni",), ("kube-proxy",), ("coredns",), ("vpc-cni", "kube-proxy", "coredns")]
)
def test_add_ons_are_written_and_those_that_are_open_stay_one_row(
    file: Path, answered: tuple[str, ...]
) -> None:
    verdicts = [
        Verdict("addons", name, None, Resolved("v1.2.3-eksbuild.1", "EKS"))
        if name in answered
        else Verdict("addons", name, None, Unresolved("no"))
        for name in ("vpc-cni", "kube-proxy", "coredns")
    ]

    text = with_answers(file.read_text(encoding="utf-8"), verdicts, TODAY)

    file.write_text(text, encoding="utf-8")
    addons = read_lock(file).addons
    assert list(addons) == ["vpc-cni", "kube-proxy", "coredns"]
    for name, row in addons.items():
        assert row.version == ("v1.2.3-eksbuild.1" if name in answered else None)
        assert row.source == ("EKS" if name in answered else "not asked yet")
    assert text.count("&unresolved") == (0 if len(answered) == 3 else 1)
    assert text.startswith("# What the platform installs.\n")
    assert "# Versions differ.\naddons:\n" in text


def test_the_real_file_takes_every_answer_and_keeps_its_remarks(tmp_path: Path) -> None:
    text, lock = LOCK_FILE.read_text(encoding="utf-8"), read_lock()
    answers: dict[str, Answer] = {"addons": Resolved("v1", "EKS")}
    verdicts = [
        Verdict(one.section, one.name, one.pinned, answers.get(one.section, Resolved(DIGEST, "r")))
        for one in resolve(lock, Sources(Nobody(), Nobody(), None))
        if one.section != "own"
    ]

    edited = with_answers(text, verdicts, TODAY)

    file = tmp_path / "lock.yaml"
    file.write_text(edited, encoding="utf-8")
    for cloud in ("aws", "gcp"):
        left = read_lock(file).unresolved(cloud)
        assert [line for line in left if "weights-loader" not in line] == []
    remarks = [line for line in text.splitlines() if "#" in line]
    assert [line for line in edited.splitlines() if "#" in line] == remarks


def test_a_row_that_is_not_in_the_text_is_a_fault(file: Path) -> None:
    ghost = Verdict("images", "ghost", None, Resolved(DIGEST, "r"))

    with pytest.raises(LockTextError, match="images ghost"):
        with_answers(file.read_text(encoding="utf-8"), [ghost], TODAY)


class Eks:
    """EKS with prepared versions, or one that refuses."""

    region = "us-east-1"

    def __init__(self, versions: Mapping[str, bool], refusal: str = "") -> None:
        self.versions, self.refusal = versions, refusal

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        assert (service, operation) == ("eks", "DescribeAddonVersions")
        assert parameters["kubernetesVersion"] == "1.35"
        if self.refusal:
            raise CloudApiError(operation, self.refusal, "no")
        versions: list[Value] = [
            {
                "addonVersion": version,
                "compatibilities": [
                    {"clusterVersion": "1.35", "defaultVersion": default},
                    {"clusterVersion": "1.36", "defaultVersion": True},
                ],
            }
            for version, default in self.versions.items()
        ]
        return {"addons": [{"addonName": "vpc-cni", "addonVersions": versions}]}


def test_an_add_on_has_ekss_default_for_the_version_of_kubernetes() -> None:
    found = addon_version(Eks({"v1.21": False, "v1.20": True}), "vpc-cni", "1.35")

    assert found == Resolved("v1.20", "EKS DescribeAddonVersions, default for 1.35 in us-east-1")


@pytest.mark.parametrize(
    ("eks", "said"),
    [
        (Eks({"v1.21": False}), "names no default for 1.35"),
        (Eks({}), "names no default for 1.35"),
        (Eks({}, "AccessDeniedException"), "eks:DescribeAddonVersions: AccessDeniedException"),
    ],
)
def test_an_add_on_that_eks_does_not_say_stays_unresolved(eks: Eks, said: str) -> None:
    found = addon_version(eks, "vpc-cni", "1.35")

    assert isinstance(found, Unresolved)
    assert said in found.reason
