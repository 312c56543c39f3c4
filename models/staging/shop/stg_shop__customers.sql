with

raw_customers as (

    select * from {{ raw_table('shop', 'customers') }}

),

typed as (

    select
        ---------- ids
        {{ read_customer_id('customer_id') }} as customer_id,

        ---------- strings
        {{ read_text('email') }} as email,
        {{ read_text('full_name') }} as full_name,
        lower({{ read_text('gender') }}) as gender,
        {{ read_text('country') }} as country,
        {{ read_text('city') }} as city,
        {{ read_text('acquisition_channel') }} as acquisition_channel,
        {%- for name in protected_columns() %}
        {{ read_text(name) }} as protected_{{ name }},
        {%- endfor %}

        ---------- dates
        {{ read_date('birth_date') }} as birth_date,

        ---------- timestamps
        {{ read_timestamp('signed_up_at') }} as signed_up_at,
        {{ read_timestamp('updated_at') }} as updated_at,

        ---------- input quality
        {{ input_quality('shop', 'customers') }}

    from raw_customers

)

select * from typed
