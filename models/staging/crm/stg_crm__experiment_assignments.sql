with

raw_experiment_assignments as (

    select * from {{ raw_table('crm', 'experiment_assignments') }}

),

typed as (

    select
        ---------- ids
        {{ read_id('experiment_id') }} as experiment_id,
        {{ read_customer_id('customer_id') }} as customer_id,

        ---------- strings
        lower({{ read_text('variant') }}) as variant,

        ---------- timestamps
        {{ read_timestamp('assigned_at') }} as assigned_at,

        ---------- input quality
        {{ input_quality('crm', 'experiment_assignments') }}

    from raw_experiment_assignments

)

select * from typed
