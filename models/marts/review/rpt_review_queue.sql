select
    ---------- ids
    cast(item_key as {{ dbt.type_string() }}) as item_key,

    ---------- strings
    cast(kind as {{ dbt.type_string() }}) as kind,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(evidence as {{ dbt.type_string() }}) as evidence,
    cast(choices as {{ dbt.type_string() }}) as choices,
    cast(decided_on_value as {{ dbt.type_string() }}) as decided_on_value,
    cast(write_to as {{ dbt.type_string() }}) as write_to,
    cast(last_decision as {{ dbt.type_string() }}) as last_decision,

    ---------- numerics
    cast(queue_rank as bigint) as queue_rank,
    cast(decided_on_figure as double) as decided_on_figure,
    cast(value_at_stake as decimal(18, 2)) as value_at_stake
from {{ for_readers('int_review_items') }}
where is_open
