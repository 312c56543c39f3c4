"""Pseudonyms are keyed hashes, and nothing is told of the key."""

import pytest

from segmentation.pseudonyms import NoKey, key_from, pseudonym, pseudonym_table

KEY = "correct horse battery"


def test_a_pseudonym_is_the_first_half_of_hmac_sha256():
    # test cases 1 and 2 of RFC 4231
    assert pseudonym("Hi There", b"\x0b" * 20) == "b0344c61d8db38535ca8afceaf0bf12b"
    said = pseudonym("what do ya want for nothing?", b"Jefe")
    assert said == "5bdcc146bf60754e6a042426089575c7"


@pytest.mark.parametrize("key", [None, "", "secretfifteen15"])
def test_without_a_key_it_is_said_what_to_do_and_not_what_is_set(key):
    environment = {} if key is None else {"SHOP_KEY": key}
    with pytest.raises(NoKey, match=r"SHOP_KEY.*is not set|SHOP_KEY.*fewer") as error:
        key_from("SHOP_KEY", environment)
    assert not key or key not in str(error.value)


def test_the_table_leads_to_the_pseudonym_of_each_and_is_in_their_order(monkeypatch):
    monkeypatch.setenv("SHOP_KEY", KEY)
    table = pseudonym_table(["b", "a", "b"], ["gone"], "SHOP_KEY")
    assert sorted(table["customer_id"]) == ["a", "b", "gone"]
    assert table["pseudonym"].is_monotonic_increasing
    assert list(table["pseudonym"]) == [
        pseudonym(customer, KEY.encode()) for customer in table["customer_id"]
    ]
    assert list(table.query("is_erased")["customer_id"]) == ["gone"]


def test_nobody_gives_an_empty_table_of_the_same_types(monkeypatch):
    monkeypatch.setenv("SHOP_KEY", KEY)
    some = pseudonym_table(["a"], [], "SHOP_KEY")
    none = pseudonym_table([], [], "SHOP_KEY")
    assert len(none) == 0
    assert list(none.dtypes) == list(some.dtypes)
