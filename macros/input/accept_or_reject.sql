{#- Ends a checked model: every row of `rows` comes out once, with all the reasons to
    reject it, or none.

    rows:   the CTE or model to judge: the staging columns and those the rejections need
            (the bounds of int_plausible_dates are added to it here)
    key:    the columns that identify a row; of several rows with one key, the best is
            kept: rows without another fault first, then by `prefer`, then by content,
            so that the choice never depends on the order in which rows arrive
    prefer: an order by expression, from the row to keep to the rows to reject
    rejections: {reason in words: the condition under which it holds}
    extra:  columns of `rows` to keep besides those of the input contract -#}
{% macro accept_or_reject(source_name, table_name, rows, rejections, prefer=none, extra=[]) -%}
    {%- set table = raw_tables() | selectattr('table', 'equalto', table_name) | first -%}
    {%- set key = table.key -%}
    {%- set columns = raw_columns(source_name, table_name) | map(attribute='name') | list %}

row_rejections as (

    select
        *,
        {{ hash_of(key) }} as key_hash,
        nullif(concat_ws(
            '; ', unreadable_values
            {%- for reason, condition in rejections.items() -%}
            ,
            case when {{ condition }} then '{{ reason }}' end
            {%- endfor %}
        ), '') as reasons_of_the_row

    from {{ rows }}
    cross join {{ ref('int_plausible_dates') }}

),

-- Few rows share a key: only they are sorted, since sorting holds what it sorts in memory.
-- Rows that share a hash and no key are sorted too, and each is the first of its key.
repeated_hashes as (

    select key_hash as repeated_hash
    from row_rejections
    group by key_hash
    having count(*) > 1

),

ranked_in_key as (

    select
        row_rejections.*,
        row_number() over (
            partition by {{ key | join(', ') }}
            order by
                case when reasons_of_the_row is null then 0 else 1 end,
                {% if prefer %}{{ prefer }},{% endif %}
                {% for column in columns -%}
                {{ column }} asc nulls last,
                {% endfor -%}
                {{ as_json('raw_values') }} asc
        ) as rank_in_key
    from row_rejections
    inner join repeated_hashes
        on row_rejections.key_hash = repeated_hashes.repeated_hash

),

judged as (

    select
        *,
        case
            when
                rank_in_key > 1
                {% for column in key if column not in table.get('optional_key', []) -%}
                and {{ column }} is not null {% endfor %}
                then concat_ws(
                    '; ', reasons_of_the_row,
                    'another row with this {{ key | join(" and ") }} '
                    || 'was accepted or comes before'
                )
            else reasons_of_the_row
        end as rejection_reasons
    from ranked_in_key

    union all

    select
        row_rejections.*,
        1 as rank_in_key,
        row_rejections.reasons_of_the_row as rejection_reasons
    from row_rejections
    left join repeated_hashes
        on row_rejections.key_hash = repeated_hashes.repeated_hash
    where repeated_hashes.repeated_hash is null

)

select
    {% for column in columns + extra -%}
    {{ column }},
    {% endfor -%}
    rejection_reasons is null as is_accepted,
    rejection_reasons,
    case when rejection_reasons is not null then {{ as_json('raw_values') }} end as raw_row

from judged
{%- endmacro %}
