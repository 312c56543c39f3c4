"""Evidence: how good candidates are on customers and days they have not seen.

`predictions` reads what was predicted, `metrics` measures it under weights, `bootstrap`
says how sure that is, `champion` who serves, and `judgement` puts it all together;
`lift`, `calibration` and `coverage` are tables of their own.
"""
