"""The programs of a rehearsal and of its tests, their versions, and how each can be had.

Versions and stamps: `go.mod` of each family under `infra/rehearsal/programs`, tried 2026-11 on
Linux amd64. Checksum files are the publishers' own lists, fetched over HTTPS beside the program.
"""

from dataclasses import dataclass
from pathlib import Path

PROGRAMS_FOLDER = Path(__file__).parents[1] / "programs"

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Program:
    """One executable."""

    name: str
    package: str
    """Go package that builds it."""
    version_argument: str = "--version"
    """Makes it print its version and end."""
    built_name: str | None = None
    """What `go build` names it, where that is not `name`."""


@dataclass(frozen=True)
class Release:
    """Where the publisher offers a program; `{version}`, `{name}`, `{os}`, `{arch}` are filled."""

    url: str
    checksums: str
    """The publisher's own SHA-256 file, beside the program."""
    member: str | None = None
    """Path inside a tar archive; None when the URL is the program itself."""
    systems: tuple[str, ...] = ("linux", "darwin")
    arch_names: tuple[tuple[str, str], ...] = (("amd64", "amd64"), ("arm64", "arm64"))
    """The publisher's word for each of Go's."""


@dataclass(frozen=True)
class Family:
    """Programs of one version, got together."""

    name: str
    version: str
    below: Version
    """A program on PATH fits from `version` up to, not including, this one."""
    programs: tuple[Program, ...]
    release: Release | None
    """None when the publisher offers no checksum with it, or none is known."""
    tags: str = ""
    stamps: str = ""
    """Linker flags."""
    module_version: str | None = None
    """Version of the Go module, where that is not `version`."""

    @property
    def folder(self) -> Path:
        """The folder of the pinned `go.mod`."""
        return PROGRAMS_FOLDER / self.name


PULUMI_VERSION = "3.259.0"
KUBERNETES_VERSION = "1.36.3"

PULUMI = Family(
    name="pulumi",
    version=PULUMI_VERSION,
    below=(4, 0, 0),
    programs=(Program("pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "version"),),
    release=Release(
        url="https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-v{version}-{os}-{arch}.tar.gz",
        checksums="https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-{version}-checksums.txt",
        member="pulumi/pulumi",
        arch_names=(("amd64", "x64"), ("arm64", "arm64")),
    ),
    tags="osusergo,grpcnotrace",
    # Without the stamp the engine has no version, and says so on every run.
    stamps=(
        "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v" + PULUMI_VERSION
    ),
)
KUBERNETES = Family(
    name="kubernetes",
    version=KUBERNETES_VERSION,
    below=(1, 37, 0),
    programs=tuple(
        Program(name, f"k8s.io/kubernetes/cmd/{name}")
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    ),
    release=Release(
        url="https://dl.k8s.io/release/v{version}/bin/{os}/{arch}/{name}",
        checksums="https://dl.k8s.io/release/v{version}/bin/{os}/{arch}/{name}.sha256",
        systems=("linux",),
    ),
    stamps=(
        f"-s -w -X k8s.io/component-base/version.gitVersion=v{KUBERNETES_VERSION}"
        " -X k8s.io/component-base/version.gitMajor=1"
        " -X k8s.io/component-base/version.gitMinor=36"
        f" -X k8s.io/client-go/pkg/version.gitVersion=v{KUBERNETES_VERSION}"
    ),
)
ETCD = Family(
    name="etcd",
    version="3.6.14",
    below=(3, 7, 0),
    programs=(Program("etcd", "go.etcd.io/etcd/server/v3", built_name="server"),),
    release=Release(
        url="https://github.com/etcd-io/etcd/releases/download/v{version}/etcd-v{version}-{os}-{arch}.tar.gz",
        checksums="https://github.com/etcd-io/etcd/releases/download/v{version}/SHA256SUMS",
        member="etcd-v{version}-{os}-{arch}/etcd",
        systems=("linux",),  # for macOS there is a zip archive; it is built there
    ),
    stamps="-s -w",
)
KWOK = Family(
    name="kwok",
    version="0.8.0",
    below=(0, 9, 0),
    programs=(Program("kwok", "sigs.k8s.io/kwok/cmd/kwok"),),
    release=None,
    stamps="-s -w",
)

PROMETHEUS_VERSION = "3.14.0"
PROMETHEUS = Family(
    name="prometheus",
    version=PROMETHEUS_VERSION,
    below=(4, 0, 0),
    programs=tuple(
        Program(name, f"github.com/prometheus/prometheus/cmd/{name}")
        for name in ("prometheus", "promtool")
    ),
    release=Release(
        url="https://github.com/prometheus/prometheus/releases/download/v{version}/prometheus-{version}.{os}-{arch}.tar.gz",
        checksums="https://github.com/prometheus/prometheus/releases/download/v{version}/sha256sums.txt",
        member="prometheus-{version}.{os}-{arch}/{name}",
    ),
    # Unstamped, it tells no version.
    stamps=f"-s -w -X github.com/prometheus/common/version.Version={PROMETHEUS_VERSION}",
    module_version="0.314.0",  # its Go module never went past 0.x
)

FAMILIES = (PULUMI, ETCD, KUBERNETES, KWOK)
"""What a rehearsal runs."""
TEST_FAMILIES = (PROMETHEUS,)
"""What tests run besides: three minutes of building that a rehearsal need not wait for."""
