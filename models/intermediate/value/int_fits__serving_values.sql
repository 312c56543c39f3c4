{{ serving_fits(ref('ml_fits__values'), spend_targets().values()) }}
