"""Pseudonyms: keyed hashes of ids, which nobody can make or undo without the key."""

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping

import pandas as pd

LEAST_KEY = 16  # bytes, as long as what is kept of a hash
KEPT = 32  # hexadecimal digits: 128 bits, so that two of 10^10 people hardly share one


class NoKey(RuntimeError):
    """There is no key that could be used; nothing was made."""


def key_from(name: str, environment: Mapping[str, str] = os.environ) -> bytes:
    """Return the key that an environment variable holds.

    Parameters
    ----------
    name : str
        Name of the variable.
    environment : mapping, optional
        The environment of this process by default.

    Returns
    -------
    bytes

    Raises
    ------
    NoKey
        If the variable is not set, or shorter than `LEAST_KEY`. The message never holds
        what it is set to.
    """
    key = environment.get(name, "").encode()
    if len(key) < LEAST_KEY:
        why = f"has fewer than {LEAST_KEY} characters" if key else "is not set"
        raise NoKey(
            f"Nothing is published under pseudonyms: the environment variable {name}, "
            f"which pseudonym_key_env names, {why}. Set it to a secret text, always "
            "the same one, or set pseudonym_key_env to null."
        )
    return key


def pseudonym(identifier: str, key: bytes) -> str:
    """Return the keyed hash of an id.

    HMAC with SHA-256 [1]_, of which the first 128 bits are kept.

    Parameters
    ----------
    identifier : str
    key : bytes

    Returns
    -------
    str
        `KEPT` hexadecimal digits.

    References
    ----------
    .. [1] Krawczyk, Bellare & Canetti (1997), HMAC: keyed-hashing for message
       authentication, RFC 2104.
    """
    return hmac.new(key, identifier.encode(), hashlib.sha256).hexdigest()[:KEPT]


def pseudonym_table(
    customers: Iterable[str], erased: Iterable[str], key_env: str
) -> pd.DataFrame:
    """Return the table that leads from a customer to their pseudonym, and back.

    Parameters
    ----------
    customers, erased : iterable of str
        Ids of customers, and of people who asked to be erased.
    key_env : str
        Name of the environment variable that holds the key.

    Returns
    -------
    DataFrame
        `customer_id`, `pseudonym` and `is_erased`, a row for each of them, in the
        order of pseudonyms.

    Raises
    ------
    NoKey
        If there is no such key.
    """
    key, gone = key_from(key_env), set(erased)
    people = sorted(set(customers) | gone)
    hashes = [pseudonym(person, key) for person in people]
    table = pd.DataFrame(
        {
            "customer_id": pd.Series(people, dtype="str"),
            "pseudonym": pd.Series(hashes, dtype="str"),
            "is_erased": pd.Series([person in gone for person in people], dtype=bool),
        }
    )
    return table.sort_values("pseudonym", ignore_index=True)
