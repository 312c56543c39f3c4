{#- The lower (side -1) or upper (side 1) end of the 95 % interval of Cliff's delta,
    which is asymmetric and stays within -1 and 1 (Feng & Cliff 2004). Where the groups
    do not overlap there is no variance: the end is then that of a share of 1 in the
    smaller group.

    delta, variance: of cliff_variance
    smaller:         size of the smaller group, a double -#}
{% macro cliff_bound(delta, variance, smaller, side) -%}
    {%- set z = 1.959963984540054 -%}
    case
        when {{ variance }} is null then null
        when {{ delta }} = {{ side }} then {{ delta }}
        when abs({{ delta }}) = 1
            then {{ delta }} * ({{ smaller }} - {{ z * z }}) / ({{ smaller }} + {{ z * z }})
        else
            (
                {{ delta }} - {{ delta }} * {{ delta }} * {{ delta }}
                {{ '+' if side > 0 else '-' }} {{ z }} * sqrt({{ variance }}) * sqrt(
                    power(1 - {{ delta }} * {{ delta }}, 2)
                    + {{ z * z }} * {{ variance }}
                )
            ) / (1 - {{ delta }} * {{ delta }} + {{ z * z }} * {{ variance }})
    end
{%- endmacro %}
