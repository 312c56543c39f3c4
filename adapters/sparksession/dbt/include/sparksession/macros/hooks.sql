{#- Spark knows no transactions, and dbt-spark's materializations ask for hooks within one only:
    those that are to run outside would never run. -#}
{% macro run_hooks(hooks, inside_transaction=True) %}
    {%- for hook in (hooks if inside_transaction else []) -%}
        {%- set rendered = render(hook.get('sql')) | trim -%}
        {%- if rendered -%}
            {%- call statement(auto_begin=false) -%}{{ rendered }}{%- endcall -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
