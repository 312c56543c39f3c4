"""What came of what fits predicted. One row per fit, past anchor and metric."""

from segmentation.binding import of_past_anchors, served_before
from segmentation.predictions.realised import realised


def model(dbt, session):
    training = dbt.ref("int_customers__churn_training")
    responses = dbt.ref("int_customers__response_labels")
    values = dbt.ref("int_customers__value_labels")
    anchors = dbt.ref("int_anchors")
    fits = dbt.ref("int_fits")
    measured = dbt.config.meta_get("measured")

    served = served_before(fits, anchors)
    # where no fit was made before a past anchor, nothing else is read
    return realised(
        of_past_anchors(training, served).df(),
        [of_past_anchors(some, served).df() for some in (responses, values)],
        served.df(),
        **measured,
    )
