{#- The sections of a persona, in order, and their headings. -#}
{% macro persona_sections() -%}
    {{ return({
        'who': 'Who they are',
        'what': 'What they buy',
        'when': 'When',
        'where': 'Where',
        'made_by': 'What makes the segment',
        'sets_apart': 'What else sets them apart',
        'play': 'What to do',
        'sure': 'How sure we are',
    }) }}
{%- endmacro %}
