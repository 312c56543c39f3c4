{#- The unbiased variance of Cliff's delta (Cliff 1993, Psychological Bulletin 114;
    Feng & Cliff 2004, J. Modern Applied Statistical Methods 3), raised to its smallest
    possible value where it falls below.

    delta:      Cliff's delta
    own:        size of one group, a double
    others:     size of the other group, a double
    own_sum:    sum of squares of d_i., the mean comparison of each member with the
                others, from -1 (below all) to 1 (above all)
    others_sum: sum of squares of d_.j, the same for the other group
    pairs:      number of the own * others pairs that differ: sum of squares of d_ij -#}
{% macro cliff_variance(delta, own, others, own_sum, others_sum, pairs) -%}
    greatest(
        (
            {{ others }} * {{ others }} * ({{ own_sum }} - {{ own }} * {{ delta }} * {{ delta }})
            + {{ own }} * {{ own }}
            * ({{ others_sum }} - {{ others }} * {{ delta }} * {{ delta }})
            - ({{ pairs }} - {{ own }} * {{ others }} * {{ delta }} * {{ delta }})
        )
        / nullif({{ own }} * {{ others }} * ({{ own }} - 1) * ({{ others }} - 1), 0),
        (1 - {{ delta }} * {{ delta }}) / nullif({{ own }} * {{ others }} - 1, 0)
    )
{%- endmacro %}
