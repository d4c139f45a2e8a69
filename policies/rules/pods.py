"""Pods: what they may do to the node that they run on, and what stands in them for all to read."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from policies.judge import items, judge, pick, said
from policies.pod_specs import WORKLOADS, Container, containers, pods
from policies.rule import Family, Finding, Level, ResourceRule, Subject, Unjudged, Violation
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Mark, Plain, as_bool, as_number, at

NAMESPACE = "kubernetes:core/v1:Namespace"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
_ENFORCE = "pod-security.kubernetes.io/enforce"
_STANDARDS = (
    'Pod Security Standard "{}" (Kubernetes documentation, 2026); the namespace refuses the pod '
    "only once it is made, this before."
)
_SECRET_NAME = re.compile(
    r"(.*[_.-])?(token|passw(or)?d|secret|api[_-]?key|private[_-]?key|access[_-]?key|credentials?"
    r"|secret[_-]?access[_-]?key|connection[_-]?string)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"\bhf_[A-Za-z0-9]{30,}|\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bsk-[A-Za-z0-9_-]{32,}|\bnvapi-[A-Za-z0-9_-]{40,}"
)
"""How keys of Hugging Face, AWS, GitHub, OpenAI and NVIDIA look, and private keys (2026)."""
_Judge: TypeAlias = Callable[[Container], "bool | Mark"]


def _every_container(right: _Judge, message: str) -> Callable[[Subject, Scene], Iterator[Finding]]:
    """Return a check that every container is right; all wrong ones are one finding."""

    def check(subject: Subject, _: Scene) -> Iterator[Finding]:
        wrong: list[str] = []
        for one in containers(subject):
            verdict = UNKNOWN if one.content is UNKNOWN else right(one)
            if verdict is UNKNOWN:
                yield Unjudged(f"{one.path}.securityContext")
            elif verdict is not True:
                wrong.append(one.name)
        if wrong:
            yield Violation(f"{', '.join(wrong)}: {message}")

    return check


def _not_root(one: Container) -> "bool | Mark":
    user = one.effective("runAsUser")
    if UNKNOWN in (user, one.effective("runAsNonRoot")):
        return UNKNOWN
    return as_bool(one.effective("runAsNonRoot")) is True and as_number(user) != 0


def _gains_nothing(one: Container) -> "bool | Mark":
    value = one.at("securityContext.allowPrivilegeEscalation")
    return UNKNOWN if value is UNKNOWN else as_bool(value) is False


def _drops_all(one: Container) -> "bool | Mark":
    dropped = items(one.content, "securityContext.capabilities.drop")
    added = items(one.content, "securityContext.capabilities.add")
    if UNKNOWN in added or (UNKNOWN in dropped and "ALL" not in dropped):
        return UNKNOWN
    return "ALL" in dropped and all(name == "NET_BIND_SERVICE" for name in added)


def _seccomp(one: Container) -> "bool | Mark":
    value = one.effective("seccompProfile.type")
    return UNKNOWN if value is UNKNOWN else value in ("RuntimeDefault", "Localhost")


def _host(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path, spec in pods(subject):
        if spec is UNKNOWN:
            yield Unjudged(path)
            continue
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            yield from _off(at(spec, key), f"{path}.{key}")
        for index, volume in enumerate(items(spec, "volumes")):
            what = f"{path}.volumes[{index}].hostPath"
            value = UNKNOWN if volume is UNKNOWN else at(volume, "hostPath")
            message = f"`{what}` opens the node's disk to the pod. Use a claim or an emptyDir."
            yield from judge(value, what, right=value is MISSING, message=message)
    for one in containers(subject):
        what = f"{one.path}.securityContext.privileged"
        yield from _off(one.at("securityContext.privileged"), what)
        for index, port in enumerate(items(one.content, "ports")):
            what = f"{one.path}.ports[{index}].hostPort"
            value = at(port, "hostPort")
            message = f"`{what}` is {said(value)}: it opens a port of the node. Use a Service."
            right = value is MISSING or as_number(value) == 0
            yield from judge(value, what, right=right, message=message)


def _off(value: Plain, what: str) -> Iterator[Finding]:
    message = f"`{what}` is {said(value)}: the pod is as mighty as the node. Take it away."
    right = value is MISSING or as_bool(value) is False
    yield from judge(value, what, right=right, message=message)


def _no_token(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path, spec in pods(subject):
        what = f"{path}.automountServiceAccountToken"
        value = at(spec, "automountServiceAccountToken")
        message = (
            f"`{what}` is {said(value)}: whoever breaks into the pod can ask the API server. Write "
            "`false` unless the program asks it."
        )
        yield from judge(value, what, right=as_bool(value) is False, message=message)


def _namespace(subject: Subject, _: Scene) -> Iterator[Finding]:
    value = pick(subject.at("metadata.labels"), _ENFORCE)
    message = (
        f"label `{_ENFORCE}` is {said(value)}: a pod may take the node. Write `restricted`, or "
        "`baseline` with a reason."
    )
    yield from judge(value, _ENFORCE, right=value in ("restricted", "baseline"), message=message)


def _env(subject: Subject, _: Scene) -> Iterator[Finding]:
    for one in containers(subject):
        for index, variable in enumerate(items(one.content, "env")):
            name, value = at(variable, "name"), at(variable, "value")
            where = f"{one.path}.env[{index}]"
            if UNKNOWN in (variable, name) or (value is UNKNOWN and _is_secret(name, value)):
                yield Unjudged(where)
            elif _is_secret(name, value):
                yield Violation(
                    f"`{said(name)}` of {one.name} holds a secret in plain text, for everybody who "
                    "may read workloads. Take it from a Secret: `valueFrom.secretKeyRef`."
                )
    yield from (Unjudged(one.path) for one in containers(subject) if one.content is UNKNOWN)


def _config_map(subject: Subject, _: Scene) -> Iterator[Finding]:
    data = subject.at("data")
    if data is UNKNOWN:
        yield Unjudged("data")
    for name, value in data.items() if isinstance(data, dict) else ():
        if not _is_secret(name, value):
            continue
        message = (
            f"`data.{name}` holds a secret in plain text, for everybody who may read ConfigMaps. "
            "Put it into a Secret."
        )
        yield from judge(value, f"data.{name}", right=False, message=message)


def _is_secret(name: Plain, value: Plain) -> bool:
    """Say whether a value is a secret by its name or by its look.

    A path is where one lies, and `$(NAME)` another variable.
    """
    if isinstance(value, str) and _SECRET_VALUE.search(value):
        return True
    if (
        not isinstance(name, str)
        or not _SECRET_NAME.fullmatch(name)
        or value in (MISSING, "", None)
    ):
        return False
    return not (isinstance(value, str) and value.startswith(("/", "$(")))


RULES = (
    ResourceRule(
        name="namespaces-enforce-pod-security",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A namespace without the label takes any pod, also one that owns its node "
        '(Kubernetes documentation, "Pod Security Admission", 2026).',
        types=(NAMESPACE,),
        check=_namespace,
    ),
    ResourceRule(
        name="pods-do-not-run-as-root",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=_STANDARDS.format("Restricted"),
        types=WORKLOADS,
        check=_every_container(
            _not_root,
            "may run as root. Write `runAsNonRoot: true`, and no `runAsUser: 0`.",
        ),
    ),
    ResourceRule(
        name="pods-gain-no-privileges",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=_STANDARDS.format("Restricted"),
        types=WORKLOADS,
        check=_every_container(
            _gains_nothing,
            "may gain privileges. Write `allowPrivilegeEscalation: false` on each container.",
        ),
    ),
    ResourceRule(
        name="pods-drop-all-capabilities",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=_STANDARDS.format("Restricted"),
        types=WORKLOADS,
        check=_every_container(
            _drops_all,
            "keeps capabilities. Write `drop: [ALL]`; at most NET_BIND_SERVICE stays.",
        ),
    ),
    ResourceRule(
        name="pods-have-a-seccomp-profile",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=_STANDARDS.format("Restricted"),
        types=WORKLOADS,
        check=_every_container(
            _seccomp,
            "may make any system call. Write `seccompProfile: {type: RuntimeDefault}`.",
        ),
    ),
    ResourceRule(
        name="pods-keep-off-the-host",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=_STANDARDS.format("Baseline"),
        types=WORKLOADS,
        check=_host,
    ),
    ResourceRule(
        name="pods-hold-no-token",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="Kubernetes mounts the token of the service account where a pod is silent; few "
        'programs ask the API server (Kubernetes documentation, "Configure Service '
        'Accounts for Pods", 2026).',
        types=WORKLOADS,
        check=_no_token,
    ),
    ResourceRule(
        name="variables-hold-no-secrets",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="What stands in a pod's spec is in the state, in the audit log and in every "
        "`kubectl describe`.",
        types=WORKLOADS,
        check=_env,
    ),
    ResourceRule(
        name="config-maps-hold-no-secrets",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="ConfigMaps are not sealed with the cluster's key, and many may read them.",
        types=(CONFIG_MAP,),
        check=_config_map,
    ),
)
