{#- The median customer of a segment beside that of all who have bought, in words and
    units: '18 orders (all customers: 3), 1336.37 GBP spent (163.35 GBP), …'; null where
    nobody has bought.

    sizes:    the relation that holds the medians of the segment
    everyone: the relation that holds those of all customers -#}
{% macro typical_figures(sizes, everyone) -%}
    case
        when {{ sizes }}.median_orders is not null
            then
                {% for figure, words in {
                    'median_orders': ["'number'", "'orders'", ''],
                    'median_net_amount': ["'amount'", 'null', ' spent'],
                    'median_days_since_last_order':
                        ["'number'", "'days'", ' since the last order'],
                }.items() -%}
                {{ format_median(sizes ~ '.' ~ figure, words[0], words[1]) }}
                || '{{ words[2] }} (all customers: '
                || {{ format_median(everyone ~ '.' ~ figure, words[0], words[1]) }}
                || '){{ ", " if not loop.last }}'
                {{ '|| ' if not loop.last }}
                {%- endfor %}
    end
{%- endmacro %}


{#- A median as people read it: whole where it is whole. -#}
{% macro format_median(value, format, units) -%}
    case
        when {{ format }} = 'number' and {{ value }} = floor({{ value }})
            then {{ format_number(
                value, "'count'", "trim(trailing 's' from " ~ units ~ ')', units
            ) }}
        else {{ format_number(value, format, 'null', units) }}
    end
{%- endmacro %}
