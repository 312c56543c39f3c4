import pandas as pd
import pyarrow as pa
import pytest

from segmentation.frames import conform
from segmentation.transforms import TRANSFORMS, transform


def test_log1p_is_signed_and_keeps_what_is_missing():
    frame = pd.DataFrame({"amount": [0, 1.718281828459045, -1.718281828459045, None]})
    values = transform(frame, {"amount": "log1p"})["amount"]
    assert values[:3].tolist() == pytest.approx([0, 1, -1])
    assert pd.isna(values[3])


@pytest.mark.parametrize("how", TRANSFORMS)
def test_what_is_infinite_is_missing(how):
    frame = pd.DataFrame({"amount": [float("inf"), -float("inf"), 3]})
    assert transform(frame, {"amount": how})["amount"].isna().tolist() == [1, 1, 0]


def test_an_unknown_transform_is_named():
    with pytest.raises(ValueError, match="unknown transform cube: use identity or"):
        transform(pd.DataFrame({"amount": [1]}), {"amount": "cube"})


def test_an_unknown_feature_is_named():
    with pytest.raises(ValueError, match="unknown feature colour"):
        transform(pd.DataFrame({"amount": [1]}), {"colour": "identity"})


def test_a_frame_conforms_even_when_empty_or_all_null():
    schema = pa.schema([("name", pa.string()), ("share", pa.float64())])
    assert conform(pd.DataFrame(), schema).schema == schema
    nulls = pd.DataFrame({"share": [None], "name": [None], "other": [1]})
    assert conform(nulls, schema).schema == schema
    with pytest.raises(KeyError, match="share"):
        conform(pd.DataFrame({"name": ["x"]}), schema)
