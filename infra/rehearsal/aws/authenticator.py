"""Who a token belongs to, by the access entries of the account's cluster.

Owns: the answer to the TokenReview that the rehearsal's API server sends. Does not own: what makes
a token good (`tokens.py`) or who may come in (`eks_access.py`).

A token that is refused gets no reason over the wire of the API server but 401; the reason is in
the review's `error` and in this program's log.
"""

import logging

from moto.iam.models import iam_backends

from infra.rehearsal.aws import tokens
from infra.rehearsal.aws.account import PARTITION, Account
from infra.rehearsal.aws.eks_access import AccessEntry
from infra.rehearsal.aws.eks_state import EksState, entries_count
from infra.rehearsal.cloud.loopback import reviewed

_log = logging.getLogger(__name__)


class Authenticator:
    """Knows whom a token belongs to, by the access entries of the account's cluster."""

    def __init__(self, account: Account, state: EksState) -> None:
        """Look at the account's access keys and clusters."""
        self._account = account
        self._state = state

    def review(self, request: dict) -> dict:
        """Answer a TokenReview."""
        token = str((request.get("spec") or {}).get("token") or "")
        try:
            with self._account.lock:
                status = self._user(token)
        except tokens.ForeignTokenError:
            status = {"authenticated": False}
        except tokens.BadTokenError as error:
            _log.warning("token refused: %s", error)
            status = {"authenticated": False, "error": str(error)}
        return reviewed(status)

    def _user(self, token: str) -> dict:
        key_id = tokens.access_key_id(token)
        key = iam_backends[self._account.account_id][PARTITION].access_keys.get(key_id)
        if key is None:
            message = f"token: signed with access key {key_id}, which this account does not have"
            raise tokens.BadTokenError(message)
        cluster, entries = self._cluster()
        tokens.verify(token, cluster, key.secret_access_key)
        principal = f"arn:{PARTITION}:iam::{self._account.account_id}:user/{key.user_name}"
        entry = entries.get(principal)
        if entry is None:
            message = f"{principal} has no access entry on cluster {cluster}"
            raise tokens.BadTokenError(message)
        return {
            "authenticated": True,
            "user": {
                "username": entry.username,
                "uid": f"aws-iam-authenticator:{self._account.account_id}:{key_id}",
                "groups": entry.effective_groups,
                "extra": {"arn": [principal], "accessKeyId": [key_id]},
            },
        }

    def _cluster(self) -> tuple[str, dict[str, AccessEntry]]:
        for (_region, name), record in self._state.records.items():
            if not entries_count(record.overlay):
                message = f"cluster {name} uses CONFIG_MAP authentication, which is not simulated"
                raise tokens.BadTokenError(message)
            return name, record.entries
        message = "no cluster exists, so nobody may reach one"
        raise tokens.BadTokenError(message)
