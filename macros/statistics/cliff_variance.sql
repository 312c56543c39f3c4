{#- The unbiased variance of Cliff's delta (Cliff 1993, Psychological Bulletin 114;
    Feng & Cliff 2004, J. Modern Applied Statistical Methods 3), held to at least what
    it can be.

    delta:      Cliff's delta
    own:        how many there are of one group, a double
    others:     how many of the other, a double
    own_sum:    sum of squares of d_i., what each of the group is on average over the
                others, from -1 (below all) to 1 (above all)
    others_sum: the same of d_.j, over the other group
    pairs:      how many of the own * others pairs differ: sum of squares of d_ij -#}
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
