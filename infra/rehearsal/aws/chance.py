"""The one source of chance in the simulated account: moto's own."""

from moto.moto_api._internal import mock_random

from infra.rehearsal.cloud.chance import Chance

chance = Chance(mock_random)
