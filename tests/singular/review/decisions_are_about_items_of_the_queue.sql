{{ config(severity='warn') }}

-- A decision about no item does nothing: its key is misspelt, or the item has gone. Nor
-- does a name without words, or for something else than a cluster without a name.
select
    decisions.item_key,
    decisions.decided_by,
    case
        when items.item_key is null
            then
                'there is no such item: correct item_key, or take the row out if the '
                || 'item has gone'
        when decisions.decision = 'name' and items.kind <> 'unnamed'
            then 'only an unnamed cluster can be named: write keep quiet or note'
        else 'given_name is empty: write the name of the cluster'
    end as problem
from {{ ref('review_decisions') }} as decisions
left join {{ ref('int_review_items') }} as items
    on decisions.item_key = items.item_key
where
    items.item_key is null
    or (
        decisions.decision = 'name'
        and (items.kind <> 'unnamed' or coalesce(decisions.given_name, '') = '')
    )
