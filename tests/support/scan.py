"""checkov over the Kubernetes objects of our stacks: what it finds, and which findings may stand.

Owns running checkov as it is locked in `.ci/checkov`, and judging its findings against the one file
of suppressions there. Does not own what of a stack checkov is shown: `tokenworks render`.
Why checkov alone says nothing of charts: their objects exist only once Helm has rendered them, and
the program declares their values (`scan_report` says how many pods that leaves unseen).
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.rehearsal.charts.objects import part
from infra.wire import Properties
from tests.support.manifests import maps, texts

ROOT = Path(__file__).resolve().parents[2]
CHECKOV = ROOT / ".tools" / "checkov" / "bin" / "checkov"
SUPPRESSIONS = ROOT / ".ci" / "checkov" / "suppressions.yaml"
MOST_SUPPRESSED = 12
"""Check ids that may be suppressed over all stacks; more would make the scan a formality."""
TIMEOUT_SECONDS = 300
PROCESSES = 2
"""At once; one takes 4 s of CPU, most of it for its start (2026-11)."""
_RESOURCE = re.compile(r"[A-Z]\w*\.[a-z0-9-]+\.[a-z0-9.-]+")
"""`Kind.namespace.name`; no pattern, so that no entry can name a whole stack."""


class ScanError(ValueError):
    """checkov did not run, or not over what it was given."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One check that fails on one object of one stack."""

    check: str
    resource: str
    stack: str
    says: str

    def __str__(self) -> str:
        """Return the line that a person reads."""
        return f"{self.stack}: {self.check} on {self.resource}: {self.says}"


@dataclass(frozen=True, slots=True)
class Scan:
    """What checkov says about one stack."""

    stack: str
    passed: int
    """Checks that hold, each counted once an object."""
    findings: tuple[Finding, ...]
    unread: tuple[str, ...]
    """Files that checkov could not read, and objects that ask it in an annotation to look away."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A check that may fail on the objects that it names."""

    check: str
    reason: str
    resources: tuple[str, ...]


def scan(folders: Mapping[str, Path]) -> list[Scan]:
    """Return what checkov's default checks say about each stack's folder, without any network.

    Each folder is judged by itself: a NetworkPolicy of one stack must not excuse another one's pod.

    Raises:
        ScanError: checkov is not installed, or did not run over every folder.
    """
    if not CHECKOV.is_file():
        message = "checkov is not installed: run `make scan`"
        raise ScanError(message)
    with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
        return list(pool.map(_scan, folders, folders.values()))


def read_suppressions(file: Path = SUPPRESSIONS) -> tuple[Suppression, ...]:
    """Return the entries of the file, as they stand."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(
        Suppression(
            check=str(entry.get("check", "")),
            reason=str(entry.get("reason", "")).strip(),
            resources=tuple(texts(entry.get("resources"))),
        )
        for entry in maps(content["suppressions"])
    )


def mistakes(scans: Sequence[Scan], suppressions: Sequence[Suppression]) -> list[str]:
    """Return everything that must be mended, in the program or in the file of suppressions."""
    allowed = {(one.check, resource) for one in suppressions for resource in one.resources}
    findings = sorted(finding for one in scans for finding in one.findings)
    fires = {(finding.check, finding.resource) for finding in findings}
    wrong = [f"{one.stack}: not judged: {name}" for one in scans for name in one.unread]
    wrong += [
        str(finding) for finding in findings if (finding.check, finding.resource) not in allowed
    ]
    wrong += [
        f"stale suppression: {check} no longer fires on {resource}; remove it"
        for check, resource in sorted(allowed - fires)
    ]
    return wrong + _mistakes_of_file(suppressions)


def _mistakes_of_file(suppressions: Sequence[Suppression]) -> list[str]:
    checks = [one.check for one in suppressions]
    wrong = [f"{check}: suppressed twice" for check in sorted({*checks}) if checks.count(check) > 1]
    if len(set(checks)) > MOST_SUPPRESSED:
        wrong.append(f"{len(set(checks))} checks are suppressed, at most {MOST_SUPPRESSED} may be")
    for one in suppressions:
        if not one.reason:
            wrong.append(f"{one.check}: suppressed without a reason")
        if not one.resources:
            wrong.append(f"{one.check}: names no object; `resources` must")
        wrong += [
            f"{one.check}: must name an object as Kind.namespace.name, got {resource!r}"
            for resource in one.resources
            if not _RESOURCE.fullmatch(resource)
        ]
    return wrong


def _scan(stack: str, folder: Path) -> Scan:
    """Run checkov over one folder.

    With several folders in one run it judges most of the later ones not at all (3.3.30, 2026-11).
    """
    command = [str(CHECKOV), "--framework", "kubernetes", "--skip-download", "--compact"]
    # No --quiet: it would leave out what is skipped and what cannot be read.
    command += ["--soft-fail", "--output", "json", "--directory", str(folder)]
    # Nothing of the caller: no API key, no settings of theirs, no file `.checkov.yaml` at home.
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder.parent),
        "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
        "LOG_LEVEL": "WARNING",
    }
    ran = subprocess.run(
        command,
        env=environment,
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    try:
        reply = json.loads(ran.stdout)
    except ValueError:
        reply = None
    if ran.returncode or not isinstance(reply, dict):
        message = f"{stack}: checkov failed, exit {ran.returncode}\n"
        raise ScanError(message + ran.stdout[-2000:] + ran.stderr[-2000:])
    return _read(stack, reply)


def _read(stack: str, reply: Properties) -> Scan:
    results, summary = part(reply, "results"), part(reply, "summary")
    passed, objects = summary.get("passed"), summary.get("resource_count")
    if not isinstance(passed, int) or not passed or not objects:
        message = f"{stack}: checkov judged nothing"
        raise ScanError(message)
    return Scan(
        stack=stack,
        passed=passed,
        findings=tuple(
            Finding(
                check=str(row["check_id"]),
                resource=str(row["resource"]),
                stack=stack,
                says=f"{row['check_name']} ({row['file_path']})",
            )
            for row in maps(results.get("failed_checks"))
        ),
        unread=(
            *(f"{path}: unreadable" for path in texts(results.get("parsing_errors"))),
            *(
                f"{row['resource']}: an annotation skips {row['check_id']}"
                for row in maps(results.get("skipped_checks"))
            ),
        ),
    )
