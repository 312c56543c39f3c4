{#- Runs after each checked model, outside its transaction: warns where more than
    `max_rejected_share` of its rows are rejected, and stops what follows, and so leaves
    the marts as they were, where it is more than `stop_rejected_share` of the orders or
    order lines. The rows and their reasons can be read in the model either way. -#}
{% macro stop_where_rejected() -%}
    {%- set table = raw_tables() | selectattr('table', 'equalto', model.name[4:-9]) | first -%}
    {%- if execute and table -%}
        {%- set is_required = table.table in ['orders', 'order_lines'] -%}
        {%- set faults = rejection_faults(this, is_required) -%}
        {%- if faults.share > setting('max_rejected_share') -%}
            {%- set said = rejections_in_words(table.table, faults) -%}
            {%- if is_required and faults.share > setting('stop_rejected_share') -%}
                {{ exceptions.raise_compiler_error(
                    said ~ "\nThe build stops here, since that is more than "
                    ~ "stop_rejected_share. The marts are as they were. The rejected rows are "
                    ~ "in " ~ this.schema ~ "." ~ this.identifier ~ "."
                ) }}
            {%- endif -%}
            {%- do exceptions.warn(said) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- The rejected rows of a checked model: {rows, rejected, share, reasons}, where each
    reason has its number of rows and an example. Not counted as faults: repeated rows, the
    lines of rejected orders, and what an `as_of_date` cuts off; unless no row of a required
    table is left, for then there are no customers. -#}
{% macro rejection_faults(relation, is_required=false) -%}
    {%- set is_no_fault -%}
        rejection_reasons like 'another row with this %'
        or rejection_reasons like 'its order was rejected%'
        {%- if setting('as_of_date') %} or rejection_reasons like '%is in the future%'{% endif %}
    {%- endset -%}
    {%- set found = run_query(
        'select rejection_reasons, count(*), min(raw_row), max(case when ' ~ is_no_fault
        ~ ' then 0 else 1 end) from ' ~ relation
        ~ ' group by rejection_reasons order by count(*) desc, rejection_reasons'
    ).rows -%}
    {%- set accepted = found | selectattr(0, 'none') | map(attribute=1) | sum -%}
    {%- set reasons = found | rejectattr(0, 'none') | list -%}
    {%- if accepted or not is_required -%}
        {%- set reasons = reasons | selectattr(3) | list -%}
    {%- endif -%}
    {%- set rejected = reasons | map(attribute=1) | sum -%}
    {%- set rows = accepted + rejected -%}
    {{ return({
        'rows': rows, 'rejected': rejected, 'reasons': reasons,
        'share': rejected / rows if rows else 0,
    }) }}
{%- endmacro %}


{% macro rejections_in_words(table, faults) -%}
    {%- set lines = [
        '{:,} of {:,} rows of {} are rejected ({:.1%}).'.format(
            faults.rejected, faults.rows, table, faults.share
        )
    ] -%}
    {%- for reason in faults.reasons[:3] -%}
        {%- do lines.append(
            '  {:,}: {}. {}'.format(reason[1], reason[0], rejection_advice(reason[0]))
            ~ '\n    for instance ' ~ reason[2][:200] ~ (' …' if reason[2] | length > 200 else '')
        ) -%}
    {%- endfor -%}
    {{ return(lines | join('\n')) }}
{%- endmacro %}


{#- What to do about a reason for rejection. -#}
{% macro rejection_advice(reason) -%}
    {%- set advice = {
        'cannot be read as a timestamp':
            'Write times as 2024-01-31 10:00:00, or say with date_order how they are meant',
        'cannot be read as a date':
            'Write dates as 2024-01-31, or say with date_order how they are meant',
        'cannot be read as a': 'Write numbers as 1234.50, without spaces, signs of money or words',
        'is in the future':
            'Set a later as_of_date' if setting('as_of_date')
            else 'Set as_of_date, or raise quiet_days where the shop rests for longer',
        'is before the earliest valid date': 'Set earliest_valid_date',
        'currency is missing': 'Set default_currency',
        'currency has no rate':
            'Add the rate to the seed currency_rates, or set reporting_currency',
        'status is missing': 'Set default_status',
        'status is not in the seed': 'Add it to the seed order_statuses',
        'order_id is not in orders': 'Write the ids of orders alike in both tables',
    } -%}
    {%- for words, fix in advice.items() if words in reason -%}
        {{ return(fix ~ '.') }}
    {%- endfor -%}
    {{ return('docs/bring-your-data.md says what each column must be.') }}
{%- endmacro %}
