{{ config(
    severity='error' if setting('on_unfair') == 'fail' else 'warn',
    enabled=setting('on_unfair') != 'ignore',
) }}
-- Groups that models or lists clearly select less than four fifths as often as the most
-- favoured group. What cannot be told, or is of too few people, does not count.
select
    fairness_id,
    most_favoured_group,
    selection_ratio,
    selection_ratio_lower,
    selection_ratio_upper
from {{ ref('fct_fairness') }}
where verdict = 'fails'
