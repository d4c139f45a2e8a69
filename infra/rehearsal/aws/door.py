"""Calls of AWS's API from outside of the provider: `{service, region, operation, parameters}`.

Owns: what stands in a call; operations have AWS's own names. Does not own: the door itself
(`cloud/door.py`) or what a call does (`account.py`).
"""

import botocore
from botocore.exceptions import BotoCoreError

from infra.rehearsal.aws.account import Account
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.cloud.door import ApiDoor, MalformedCallError
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties


def open_door(account: Account) -> ApiDoor:
    """Return the door of an account, for whoever has the secret key of its user."""

    def call(request: Properties) -> Properties:
        return _call(account, request)

    return ApiDoor(account.access_key.secret_access_key, "InvalidClientTokenId", call)


def _call(account: Account, request: Properties) -> Properties:
    parameters = request.get("parameters")
    if not isinstance(parameters, dict):
        message = "the body must be JSON with service, region, operation and parameters"
        raise MalformedCallError(message)
    service, region, operation = (
        str(request.get(key, "")) for key in ("service", "region", "operation")
    )
    try:
        with account.lock:
            client = account.client(service, region)
    except (BotoCoreError, ValueError) as error:  # no such service, no region
        raise NotSimulatedError(str(error)) from error
    method = botocore.xform_name(operation)
    if client.meta.method_to_api_mapping.get(method) != operation:
        message = f"{service} has no operation {operation}"
        raise AwsError(message, operation, "InvalidAction")
    return account.region(region).call(service, method, **parameters)
