-- A fit of a later day is not known yet at an earlier one, so that an old date replayed
-- is served by the fits of its own time. Nor does a fit serve that the settings no more
-- ask for, such as one of another horizon.
with

fits as (

    select * from {{ ref('int_fits') }}

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select fits.*
from fits
left join scoring
    on 1 = 1
where
    (fits.fit_date <= scoring.anchor_date or scoring.anchor_date is null)
    and fits.target in (
        {% for target in predicted_targets() -%}
        '{{ target }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
qualify row_number() over (
    partition by fits.target
    order by fits.fit_date desc nulls last, fits.fit_number desc
) = 1
