"""What is sealed opens for nobody else, and keys can be changed without a pause."""

import base64
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.crypto import CannotOpen, KeyRing, SessionInvalid, fingerprint, new_key, same

OLD, NEW = new_key(), new_key()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_again(text: str) -> None:
    ring = KeyRing([NEW])
    assert ring.open(ring.seal(text, "access_token"), "access_token") == text


def test_the_same_text_is_never_sealed_alike() -> None:
    ring = KeyRing([NEW])
    assert len({ring.seal("token", "access_token") for _ in range(100)}) == 100


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    before = KeyRing([OLD]).seal("token", "access_token")
    rotated = KeyRing([NEW, OLD])
    assert rotated.open(before, "access_token") == "token"
    assert KeyRing([NEW]).open(rotated.seal("token", "access_token"), "access_token") == "token"


def test_a_key_that_was_removed_too_early_is_missed_in_words() -> None:
    sealed = KeyRing([OLD]).seal("token", "access_token")
    with pytest.raises(CannotOpen, match="no key opens this access_token"):
        KeyRing([NEW]).open(sealed, "access_token")


def test_sealed_text_opens_only_for_what_it_was_sealed_for() -> None:
    ring = KeyRing([NEW])
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("token", "access_token"), "refresh_token")


def test_sealed_text_that_was_altered_in_any_place_does_not_open() -> None:
    ring = KeyRing([NEW])
    sealed = ring.seal("token", "access_token")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(CannotOpen):
            ring.open(bytes(altered), "access_token")


@pytest.mark.parametrize("length", [0, 1, 4, 5, 16, 17, 20])
def test_sealed_text_that_was_cut_does_not_open(length: int) -> None:
    ring = KeyRing([NEW])
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("token", "access_token")[:length], "access_token")


@pytest.mark.parametrize("key", ["", "short", "A" * 86, "ä" * 43, "!" * 43])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        KeyRing([key])


def test_a_ring_without_keys_is_refused() -> None:
    with pytest.raises(ValueError):
        KeyRing([])


def test_a_page_session_says_who_looks() -> None:
    ring = KeyRing([NEW])
    token = ring.issue_session({"portal": "x"}, timedelta(minutes=1))
    assert ring.read_session(token)["portal"] == "x"


def test_a_page_session_outlives_a_change_of_keys() -> None:
    token = KeyRing([OLD]).issue_session({"portal": "x"}, timedelta(minutes=1))
    assert KeyRing([NEW, OLD]).read_session(token)["portal"] == "x"


def _forged(**claims: object) -> str:
    return jwt.encode({"aud": "page", "exp": 4e9, **claims}, "k" * 32, algorithm="HS256")


def _unsigned() -> str:
    return jwt.encode({"aud": "page", "exp": 4e9}, "", algorithm="none")


@pytest.mark.parametrize(
    "token",
    [
        KeyRing([NEW]).issue_session({}, timedelta(seconds=-1)),
        KeyRing([OLD]).issue_session({}, timedelta(minutes=1)),
        _forged(), _unsigned(), "", "a.b.c", "é", KeyRing([NEW]).issue_session({}, timedelta(hours=1))[:-2],
    ],
    ids=["expired", "unknown key", "forged", "unsigned", "empty", "rubbish", "not ascii", "cut"],
)  # fmt: skip
def test_a_page_session_that_is_not_ours_or_is_over_is_refused(token: str) -> None:
    with pytest.raises(SessionInvalid):
        KeyRing([NEW]).read_session(token)


def test_the_key_that_seals_signs_no_sessions() -> None:
    raw = base64.urlsafe_b64decode(NEW + "=")
    token = jwt.encode({"aud": "page", "exp": 4e9}, raw, algorithm="HS256")
    with pytest.raises(SessionInvalid):
        KeyRing([NEW]).read_session(token)


def test_fingerprints_are_equal_for_equal_secrets_only() -> None:
    assert same(fingerprint("a"), fingerprint("a"))
    assert not same(fingerprint("a"), fingerprint("b"))
