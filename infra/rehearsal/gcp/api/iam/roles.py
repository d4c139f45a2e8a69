"""Custom roles of the project, and what any role allows.

Owns: that a deleted role keeps its id: it can be brought back for 7 days, and 37 days pass until
the id is free again (IAM API, description of `roles.delete`; pulumi-gcp, of IAMCustomRole, which
says between 7 and 37).

Sources of words: DataBiosphere/azul#4390 (2022-08-18) for an id that is marked for deletion,
terraform-google-modules/terraform-google-iam#158 (2022-06-03) for a permission; no record was found
of those for a role that exists, and one that does not.
"""

import re
from collections.abc import Collection

from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.iam.predefined import ALLOWS
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.project import Project, Request
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.replies import block, optional_text, texts
from infra.wire import Properties

ROLE_ID = re.compile(r"[a-zA-Z0-9_.]{3,64}")
PERMISSION = re.compile(r"[a-z][a-zA-Z0-9]*\.[a-zA-Z0-9]+\.[a-zA-Z0-9]+")
NOT_IN_PROJECTS = ("resourcemanager.projects.list",)
"""Only organisations' roles may have it (terraform-google-iam#158)."""
METHODS = "iam.projects.roles"


class Roles(StandardMethods):
    """Custom roles of one project."""

    def __init__(self, project: Project) -> None:
        """Serve them."""
        super().__init__(project, METHODS)
        project.register(f"{METHODS}.undelete", self._undelete)

    def allow(self, roles: Collection[str], permission: str) -> bool:
        """Say whether one of the roles has a permission."""
        for role in roles:
            custom = self._project.store.get(role)
            if custom is not None and permission in texts(custom, "includedPermissions"):
                return not custom.get("deleted")
            if permission in ALLOWS.get(role, ()):
                return True
        return False

    def with_permission(self, *permissions: str) -> set[str]:
        """Return the roles that have all of the permissions."""
        custom = [name for name, _role in self._project.store.named(self._full("*"))]
        return {
            role
            for role in (*ALLOWS, *custom)
            if all(self.allow((role,), permission) for permission in permissions)
        }

    def _create(self, request: Request) -> Properties:
        role_id = optional_text(request.body, "roleId")
        if not ROLE_ID.fullmatch(role_id):
            message = f"The role ID {role_id!r} must match the regular expression {ROLE_ID.pattern}"
            raise request.refusal(Reason.BAD_REQUEST, message)
        name, before = self._full(role_id), self._project.store.get(self._full(role_id))
        if before is not None and before.get("deleted"):
            message = f"You can't create a role_id ({role_id}) which has been marked for deletion."
            raise request.refusal(Reason.FAILED_PRECONDITION, message)
        if before is not None:
            parent = request["parent"]
            message = f"A role named {role_id} in {parent} already exists."
            raise request.refusal(Reason.ALREADY_EXISTS, message)
        role = block(request.body, "role")
        self._check(request, role)
        made: Properties = {"stage": "ALPHA", **role, "name": name, "etag": self._etag()}
        return self._project.store.put(name, made)

    def _list(self, request: Request) -> Properties:
        shown = request.parameters.get("showDeleted")
        roles = [
            role
            for _name, role in self._project.store.named(self._full("*"))
            if shown or not role.get("deleted")
        ]
        return page(request, roles, "roles")

    def _patch(self, request: Request) -> Properties:
        role = self._found(request, request["name"])
        self._check(request, request.body)
        masked(request, role, {key: item for key, item in request.body.items() if key != "name"})
        role["etag"] = self._etag()
        return role

    def _delete(self, request: Request) -> Properties:
        role = self._found(request, request["name"])
        role |= {"deleted": True, "etag": self._etag()}
        return role

    def _undelete(self, request: Request) -> Properties:
        role = self._found(request, request["name"])
        if not role.get("deleted"):
            message = f"The role {request['name']} is not deleted."
            raise request.refusal(Reason.FAILED_PRECONDITION, message)
        del role["deleted"]
        role["etag"] = self._etag()
        return role

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, f"The role named {name} was not found.")

    def _check(self, request: Request, role: Properties) -> None:
        for permission in texts(role, "includedPermissions"):
            if not PERMISSION.fullmatch(permission) or permission in NOT_IN_PROJECTS:
                message = f"Permission {permission} is not valid."
                raise request.refusal(Reason.BAD_REQUEST, message)

    def _full(self, role_id: str) -> str:
        return self._project.path("roles", role_id)

    def _etag(self) -> str:
        return f"Bw{self._project.chance.new_hex(9)}="
