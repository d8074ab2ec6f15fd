"""PHP's forms and JSON shapes."""

from sandbox.wire import php


def test_lists_have_explicit_indices_and_empty_things_vanish():
    form = {
        "a": [1, [], {"x": True}],
        "none": None,
        "empty": [],
        "no": False,
        "blank": "",
        "k": {"p q": "я&"},
    }
    assert php.build_query(form) == ("a%5B0%5D=1&a%5B2%5D%5Bx%5D=1&no=0&blank=&k%5Bp+q%5D=%D1%8F%26")


def test_query_strings_become_lists_only_when_keys_run_from_zero():
    parsed = php.parse_str("a[]=1&a[]=2&b[0]=x&b[2]=y&c[k][]=z&d.e=1&rows[]=")
    assert parsed == {
        "a": ["1", "2"],
        "b": {"0": "x", "2": "y"},
        "c": {"k": ["z"]},
        "d_e": "1",
        "rows": [""],
    }


def test_variables_beyond_the_thousandth_are_dropped():
    assert len(php.parse_str("&".join(f"v{n}=1" for n in range(1200)))) == 1000


def test_arrays_print_as_lists_exactly_when_their_keys_are_0_to_n():
    assert php.array({}) == []
    assert php.array({"0": "a", "1": "b"}) == ["a", "b"]
    assert php.array({"0": "a", "2": "b"}) == {"0": "a", "2": "b"}
    assert php.array({"1": "a", "0": "b"}) == {"1": "a", "0": "b"}


def test_casts():
    arrays_and_others = [[7], [], {"a": 1}, "12abc", "x", None, True, " 5"]
    assert [php.to_int(value) for value in arrays_and_others] == [1, 0, 1, 12, 0, 0, 1, 5]
    assert not any(map(php.truthy, (0, "0", "", [], False)))
    assert php.truthy("false")
    assert php.truthy("1")
