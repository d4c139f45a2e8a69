"""The loop that plays what makes things in the account for objects of the cluster.

Owns which controllers there are, and that they end with the cluster: what was made for an object
that outlives the cluster stays, as in a real account. What each does is in `interfaces`,
`balancers` and `disks`; how often, is the loop's.
"""

from infra.rehearsal.controllers.account import CloudAccount
from infra.rehearsal.controllers.balancers import Balancers
from infra.rehearsal.controllers.disks import Disks
from infra.rehearsal.controllers.interfaces import Interfaces
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.loop import Played


class CloudControllers(Played):
    """Plays the controllers of one cluster, from `start` to `stop`."""

    def __init__(self, api: ApiClient, account: CloudAccount) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("cloud controllers")
        self._account = account
        self._interfaces = Interfaces(api, account)
        self._balancers = Balancers(api, account, self._loop.report)
        self._disks = Disks(api, account, self._loop.report)

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        self._interfaces.step()
        if self._account.has_cluster():
            self._balancers.step()
            self._disks.step()
