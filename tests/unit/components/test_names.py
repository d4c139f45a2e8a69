"""Name budgets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import names

BUDGETS = [item for item in vars(names).values() if isinstance(item, names.NameBudget)]


@given(budget=st.sampled_from(BUDGETS), length=st.integers(min_value=1, max_value=200))
def test_a_name_passes_exactly_when_it_fits_with_its_suffix(
    budget: names.NameBudget, length: int
) -> None:
    name = "n" * length

    if length + budget.suffix <= budget.limit:
        assert names.fit(name, budget) == name
    else:
        with pytest.raises(names.NameTooLongError):
            names.fit(name, budget)


def test_a_name_that_does_not_fit_is_reported_with_its_length_and_the_room() -> None:
    with pytest.raises(
        names.NameTooLongError, match=r"IAM role.*57 characters.*at most 56.*shorten"
    ):
        names.fit("r" * 57, names.IAM_ROLE)
