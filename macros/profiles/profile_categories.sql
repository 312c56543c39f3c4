{#- The categorical columns that profiles describe besides numbers, from
    int_customers__features and int_customers. -#}
{% macro profile_categories() -%}
    {{ return([
        'favourite_category', 'last_category', 'favourite_channel', 'favourite_daypart',
        'favourite_device', 'acquisition_channel', 'country', 'age_band', 'gender',
    ]) }}
{%- endmacro %}
