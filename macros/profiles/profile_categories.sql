{#- What a profile tells of customers besides numbers: columns of int_customers__features
    and int_customers. -#}
{% macro profile_categories() -%}
    {{ return([
        'favourite_category', 'last_category', 'favourite_channel', 'favourite_daypart',
        'favourite_device', 'acquisition_channel', 'country', 'age_band', 'gender',
    ]) }}
{%- endmacro %}
