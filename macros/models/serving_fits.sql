{#- The body of a model: the fit that serves each target. Fits dated after the scoring
    anchor do not count, so that an old date, replayed, is served by the fits of its own
    time. Fits for targets that are no longer configured do not serve.

    fits:    the model that holds all fits of a product
    targets: the names of the targets under the settings -#}
{% macro serving_fits(fits, targets) -%}
with

fits as (

    select * from {{ fits }}

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
        {% for target in targets -%}
        '{{ target }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
qualify row_number() over (
    partition by fits.target
    order by fits.fit_date desc nulls last, fits.fit_number desc
) = 1
{%- endmacro %}
