"""What pods and containers may do: what Pod Security `restricted` lets, and less where it can be.

Owns both security contexts. Does not own the user: each image has its own, or none.
"""

import pulumi_kubernetes as kubernetes

core = kubernetes.core.v1


def pod(
    user: int, *, group: int | None = None, fs_group: int | None = None
) -> core.PodSecurityContextArgs:
    """Return the context of a pod.

    Args:
        user: number of the user that its programs run as.
        group: number of their group; None: that of the user.
        fs_group: group that its volumes belong to; None: nobody's in particular.
    """
    return core.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user if group is None else group,
        fs_group=fs_group,
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container() -> core.SecurityContextArgs:
    """Return the context of a container: no right beyond the user's, and no file of its own."""
    return core.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
    )
