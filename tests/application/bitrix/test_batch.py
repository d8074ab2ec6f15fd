"""Commands travel together and come back each with its own answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.bitrix.batch import fits, pack, unpack
from application.errors import OutcomeUnknown, Rejected, TryLater
from sandbox.wire.php import parse_str

COMMANDS: list[tuple[str, dict[str, Any]]] = [("crm.deal.add", {"id": number}) for number in range(3)]


def _unpacked(answer: dict[str, Any], *, writes: bool = False) -> list[Any]:
    return unpack(answer, COMMANDS, member_id="0" * 32, writes=writes)


def test_each_command_gets_its_own_result_or_error() -> None:
    failure = {"error": "NOT_FOUND", "error_description": "no"}
    answer = {"result": {"result": {"c0": 7, "c2": None}, "result_error": {"c1": failure}}}
    first, second, third = _unpacked(answer)
    assert (first, type(second), third) == (7, Rejected, None)


@pytest.mark.parametrize(
    "empty", [{"result": []}, {"result": {"result": [], "result_error": []}}, {}, {"result": None}]
)
def test_commands_that_the_portal_left_out_are_unknown(empty: dict) -> None:
    assert [type(outcome) for outcome in _unpacked(empty)] == [TryLater] * 3
    assert [type(outcome) for outcome in _unpacked(empty, writes=True)] == [OutcomeUnknown] * 3


def test_one_missing_key_says_nothing_of_its_neighbours() -> None:
    first, second, third = _unpacked(
        {"result": {"result": {"c0": 1, "c2": 3}, "result_error": []}}, writes=True
    )
    assert (first, type(second), third) == (1, OutcomeUnknown, 3)


@pytest.mark.parametrize(
    "failure", ["NOT_FOUND", {"error": "NOT_FOUND"}, {"error": "NOT_FOUND", "argument": "id"}]
)
def test_an_error_of_any_shape_is_understood(failure: Any) -> None:
    answer = {"result": {"result": [], "result_error": {"c0": failure, "c1": failure, "c2": failure}}}
    assert [type(outcome) for outcome in _unpacked(answer)] == [Rejected] * 3


@pytest.mark.parametrize(
    "text",
    [
        "$result[c0]",
        "pay $total[usd] now",
        "$NEXT[x]",
        "a$error[0][error]",
        "$time[c0]",
        "$resultx y$result.z[0]",
    ],
)
def test_text_that_looks_like_a_reference_travels_alone(text: str) -> None:
    assert not fits({"fields": {"TITLE": text}})
    assert not fits({"fields": [{"deep": [text]}]})
    assert not fits({text: "x"})


@pytest.mark.parametrize("params", [{"a": []}, {"a": {"b": []}}, {"a": [[]]}])
def test_an_empty_list_which_a_batch_cannot_say_travels_alone(params: dict) -> None:
    assert not fits(params)


@pytest.mark.parametrize("text", ["$100 [net]", "result[0]", "$ result[0]", "total[usd]", "$results"])
def test_ordinary_text_travels_with_the_others(text: str) -> None:
    assert fits({"fields": {"TITLE": text}})


_SCALARS = st.text(max_size=20) | st.integers(-(10**9), 10**9)
_PARAMS = st.dictionaries(
    st.text("abcXYZ_", min_size=1, max_size=5),
    st.recursive(_SCALARS, lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=6),
    max_size=4,
)


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    return [_texts(item) for item in value] if isinstance(value, list) else str(value)


@given(_PARAMS)
def test_parameters_arrive_in_a_batch_as_they_were_given(params: dict[str, Any]) -> None:
    command = pack([("crm.deal.add", params)])["cmd"]["c0"]
    method, _, query = command.partition("?")
    assert (method, parse_str(query)) == ("crm.deal.add", _texts(params))
    assert "#" not in command


def test_yes_and_no_are_written_as_bitrix24_reads_them() -> None:
    command = pack([("m", {"a": True, "b": {"c": False}})])["cmd"]["c0"]
    assert parse_str(command.partition("?")[2]) == {"a": "Y", "b": {"c": "N"}}


@pytest.mark.parametrize("empty", [{}, [], ()])
def test_a_command_with_something_empty_travels_alone(empty: Any) -> None:
    # In a batch it would arrive as [""]: "Wrong property key (0)!" for a robot without properties.
    assert not fits({"CODE": "send", "PROPERTIES": empty})
    assert not fits({"fields": {"list": [empty]}})
    assert fits({})
