"""A field's value as a person types it, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.desk.reviews import FIELDS
from paraph.desk.typed import CHOICES, typed_text, typed_value

VALUES = st.one_of(
    *(st.tuples(st.just(name), st.sampled_from([str(each) for each in values])) for name, values in CHOICES.items()),
    st.tuples(st.just("ahead"), st.booleans()),
    st.tuples(st.just("source"), st.none() | st.text(st.characters(categories=("L", "N")), min_size=1)),
    st.tuples(st.just("parties"), st.lists(st.sampled_from(["IN", "RU", "NO", "EU", "GCC"]), unique=True)),
)


@given(VALUES)
def test_what_is_typed_for_a_value_is_that_value(case: tuple[str, Any]) -> None:
    field, value = case
    assert typed_value(field, typed_text(field, value)) == value


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_can_be_typed(field: str) -> None:
    assert field in (*CHOICES, "ahead", "source", "parties")
