{#- Every setting of the project, by section: what it may be, its default, and what it
    means. `check_settings`, `setting` and docs/settings.md (`make settings`) follow from
    this text; dbt_project.yml repeats the defaults, because dbt reads them there.

    `type` is one of the forms of `setting_form`; `least` and `most` belong to what is
    allowed, `above` and `below` do not; `nullable` may be null; `may_be_empty` is of lists;
    `example` stands in messages where the default would not do. -#}
{% macro settings_text() -%}
Input:
  raw_path:
    type: folder
    nullable: true
    default: null
    example: /data/shop
    sentence: Folder of Parquet or CSV files named after the raw tables
  raw_schema:
    type: name
    nullable: true
    default: null
    example: landing
    sentence: Schema that holds the raw tables
  raw_database:
    type: name
    nullable: true
    default: null
    example: warehouse
    sentence: Database of that schema, if it is not the target's
  reporting_currency:
    type: currency code
    default: GBP
    sentence: All amounts are converted to this currency, with the seed `currency_rates`
  id_case:
    type: one of
    choices: [as_is, upper, lower]
    default: as_is
    sentence: >-
      Ids are compared as they are, or all in upper or in lower case, where tables write
      the same id in several ways
  anonymous_ids:
    type: list of categories
    may_be_empty: true
    default:
      ["0", "-1", "null", "nan", "none", "\\N", "n/a", "na", "nil", "<na>", "guest",
       "anonymous", "unknown"]
    example: ["0", "guest"]
    sentence: >-
      Customer ids that stand for nobody, in any case: their orders are anonymous. Take
      out a word that is a customer of yours
  shipping_products:
    type: list of product ids
    may_be_empty: true
    default: []
    example: [POST, SHIPPING]
    sentence: >-
      Products that are charges for sending the goods: money of the order, but not counted
      as products. A credit note for one gives back money alone
  gift_card_products:
    type: list of product ids
    may_be_empty: true
    default: []
    example: [GIFT50]
    sentence: >-
      Products that are gift cards. Selling one is no sale: the order that the card pays
      for counts in full. Leave them out where such an order has the card as a discount
  earliest_valid_date:
    type: date
    default: "1990-01-01"
    sentence: An event before this date is rejected
  quiet_days:
    type: whole number
    least: 1
    most: 36600
    default: 90
    sentence: >-
      An order after a silence of more than so many days is a typing error if hardly any
      order follows it (`quiet_share`). Only used without `as_of_date`. Other events are
      rejected from so many days after the last good order
  quiet_share:
    type: share
    least: 0
    most: 0.5
    default: 0.01
    sentence: Hardly any means less than this share of all orders
  default_currency:
    type: currency code
    nullable: true
    default: null
    example: USD
    sentence: >-
      An order that names no currency is in this one. Null rejects it
  default_status:
    type: name
    nullable: true
    default: null
    example: completed
    sentence: >-
      An order that names no status has this one, which must be in the seed
      `order_statuses`. Null rejects it
  date_order:
    type: one of
    choices: [day first, month first]
    nullable: true
    default: null
    example: day first
    sentence: >-
      How dates such as 03/04/2024 and 03.04.2024 are meant. Null rejects them, since they
      can be read either way
  raw_time_zone:
    type: time zone
    default: UTC
    example: Europe/Berlin
    sentence: Time zone of the raw times that carry no offset from UTC
  max_rejected_share:
    type: share
    least: 0
    most: 1
    default: 0.05
    sentence: >-
      A build warns where more than this share of the rows of a raw table is rejected, and
      says why
  stop_rejected_share:
    type: share
    least: 0
    most: 1
    default: 0.5
    sentence: >-
      A build stops, and leaves the marts as they were, where more than this share of the
      orders or order lines is rejected. 1 never stops
  pilot_share:
    type: share
    above: 0
    below: 1
    nullable: true
    default: null
    example: 0.2
    sentence: >-
      Begin small: only this share of customers is read, chosen by hash. A smaller share
      lies within a larger one. Null reads everyone
  pilot_filter:
    type: condition
    nullable: true
    default: null
    example: country = 'GB'
    sentence: >-
      Only customers who meet this condition on the raw table `customers` are read

Time:
  as_of_date:
    type: date
    nullable: true
    default: null
    example: "2024-06-30"
    sentence: >-
      The scoring anchor. Everything dated on or after it is rejected as not yet known, so
      an old date replays that day. Null takes the day after the newest accepted order
  shop_time_zone:
    type: time zone
    default: UTC
    example: Europe/London
    sentence: >-
      Time zone of the shop: its clocks tell on which day and at which time of day
      something happens
  anchor_step_days:
    type: whole number
    least: 1
    most: 3660
    default: 92
    sentence: >-
      Days between anchors. The default is a quarter, so that the fourth anchor back sees
      the same season a year before, and that year's labels are known
  past_anchors:
    type: whole number
    least: 1
    most: 40
    default: 11
    sentence: >-
      Number of anchors before the scoring one, to learn from and to judge at. Those with
      less than one step of history behind them are left out
  horizon_days:
    type: whole number
    least: 1
    most: 3660
    default: 90
    sentence: A customer who does not buy within so many days of the anchor has churned
  purchase_horizons:
    type: list of whole numbers
    least: 1
    most: 3660
    default: [30, 90, 180]
    sentence: >-
      The probability of a purchase is predicted for each of these numbers of days.
      `horizon_days` must be one of them
  value_horizon_days:
    type: whole number
    least: 1
    most: 3660
    default: 365
    sentence: The value of a customer is what is expected within so many days of the anchor
  response_days:
    type: whole number
    least: 1
    most: 365
    default: 7
    sentence: A click or an order within so many days of a message answers it

History:
  history_grid:
    type: one of
    choices: [day, week, month, quarter]
    default: month
    sentence: >-
      Segments are kept for the first day of each of these periods. Another grid makes
      history again
  history_from:
    type: date
    nullable: true
    default: null
    example: "2023-01-01"
    sentence: History begins at this date. Null begins at the first order
  sticky_band_pct:
    type: number
    unit: percentiles
    least: 0
    most: 19
    default: 7.5
    sentence: >-
      A sticky score rises when it is clear of a cut point by so many percentiles of
      customers; 0 gives plain scores. `rpt_segment_stickiness` shows what other bands
      would give
  rfm_thresholds:
    type: thresholds of metrics
    choices: [recency, frequency, monetary]
    default: {}
    example:
      recency: [30, 90, 180, 365]
      frequency: [1, 2, 4, 9]
    sentence: >-
      Scores by thresholds of your own, not by comparison with other customers: for
      `recency` (days), `frequency` (orders) or `monetary` (reporting currency) four
      rising limits, each the most that still belongs below. A metric left out is
      compared. Another value makes history again
  share_categories:
    type: list of categories
    may_be_empty: true
    default: []
    example: [Home, Garden]
    sentence: >-
      Product categories whose shares of a customer's net amount become features of
      history, which clusters can be learned on. `Home` makes `home_share`

Learning:
  seed:
    type: whole number
    least: 0
    most: 4294967295
    default: 7
    sentence: Seed of every random draw
  max_training_customers:
    type: whole number
    least: 100
    most: 1000000000
    default: 6000
    sentence: >-
      Each fit sees at most so many customers per anchor, those whose hashed ids come first.
      What more would gain is less than shops differ; see benchmarks/README.md
  min_training_customers:
    type: whole number
    least: 20
    most: 1000000000
    default: 200
    sentence: With fewer labelled rows than this there is a verdict instead of a model
  annual_discount_rate:
    type: share
    least: 0
    most: 1
    default: 0.1
    sentence: With 0.1, an amount in a year is worth 1 / 1.1 of it today
  learning_anchors:
    type: whole number
    least: 1
    most: 40
    default: 4
    sentence: Each fit learns from so many anchors, the newest whose labels are known
  refit_every_days:
    type: whole number
    least: 0
    most: 36600
    default: 30
    sentence: >-
      A fit serves for so many days. Other settings, other code or another start of the
      data make a new one at once. With 0, each change of the rows to learn from does too
  refit_on:
    type: list of choices
    choices: [drift, realised]
    may_be_empty: true
    default: []
    example: [drift]
    sentence: >-
      What makes a fit due before its time: `drift`, where a feature or the score is not
      as usual; `realised`, where what came is not what was predicted. What one build
      finds, the next one acts on, and a fit serves for a week at least
  backtest_origins:
    type: whole number
    least: 1
    most: 20
    default: 3
    sentence: Number of past anchors at which candidates are judged
  tuning_configurations:
    type: whole number
    least: 1
    most: 1000
    default: 4
    sentence: Configurations to try per candidate at most; 1 means no tuning
  bootstrap_samples:
    type: whole number
    least: 20
    most: 10000
    default: 200
    sentence: Number of resamples behind the 95 % intervals of the figures
  count_reasons:
    type: whole number
    least: 0
    most: 50
    default: 3
    sentence: Top reasons per score; 0 gives none
  cluster_methods:
    type: list of choices
    choices: [k-means, Gaussian mixture, Ward, HDBSCAN, k-prototypes]
    default: [k-means, Gaussian mixture, Ward, HDBSCAN]
    sentence: Methods of clustering to compare; k-prototypes needs `cluster_categories`
  cluster_counts:
    type: list of whole numbers
    least: 2
    most: 100
    default: [3, 4, 5, 6, 7, 8]
    sentence: Numbers of clusters to compare
  cluster_min_orders:
    type: whole number
    least: 1
    most: 10000
    default: 1
    sentence: >-
      Clusters are learned from buyers with so many orders or more. Buyers with fewer are
      placed by the same rule, but nothing is learned from them
  cluster_refit_days:
    type: whole number
    least: 1
    most: 36600
    default: 89
    sentence: >-
      A fit of clusters serves for at least so many days of history. The default is a
      quarter of a monthly grid, which may have 89 days. Other settings or code make a new
      fit that serves from now on; what served before stays
  cluster_features:
    type: list of features
    model: int_customers__history_features
    default: [days_since_last_order, count_orders, lifetime_net_amount]
    sentence: >-
      Features that clusters are learned on, as logarithms: numbers of
      `int_customers__history_features`
  cluster_categories:
    type: list of choices
    choices: [favourite_channel, favourite_daypart]
    may_be_empty: true
    default: []
    example: [favourite_channel]
    sentence: Categories that k-prototypes learns clusters on, besides `cluster_features`
  rule_features:
    type: list of features
    model: int_customers__features
    default: [days_since_last_order, count_orders, lifetime_net_amount]
    sentence: >-
      Features that the rules which describe segments may use. The live view must work
      them out anew (`live_features` lists them)
  lookalike_lists:
    type: list of segments
    may_be_empty: true
    default: ["rfm:champions"]
    sentence: >-
      Segments of `dim_segments` to seek lookalikes of, besides the lists of ids in the
      seed `lookalike_seeds`
  lookalikes_per_list:
    type: whole number
    least: 1
    most: 1000000000
    default: 500
    sentence: So many customers are proposed for each list, those most like it
  lookalike_features:
    type: list of features
    model: int_customers__features
    default:
      - days_since_last_order
      - count_orders
      - lifetime_net_amount
      - avg_order_amount
      - avg_days_between_orders
      - avg_products_per_order
      - count_categories
      - discount_share
    example: [days_since_last_order, count_orders, lifetime_net_amount]
    sentence: >-
      Features by which customers are compared, as logarithms: numbers of
      `int_customers__features`
  churn_features:
    type: transforms of features
    model: int_customers__features
    choices: [identity, log1p]
    default:
      days_since_last_order: log1p
      days_since_first_order: log1p
      count_orders: log1p
      count_order_days: log1p
      lifetime_net_amount: log1p
      avg_order_amount: log1p
      silence_log_odds: identity
      last_gap_days: log1p
      avg_days_between_orders: log1p
      stddev_days_between_orders: log1p
      count_orders_30d: log1p
      count_orders_90d: log1p
      count_orders_180d: log1p
      count_orders_365d: log1p
      net_amount_90d: log1p
      net_amount_365d: log1p
      net_amount_trend: identity
      avg_products_per_order: log1p
      count_products: log1p
      discount_share: identity
      return_rate: identity
      count_sessions_30d: log1p
      count_sessions_90d: log1p
      message_open_rate: identity
    example:
      count_orders: log1p
      discount_share: identity
    sentence: >-
      Features that churn is learned on, each with its transform: numbers of
      `int_customers__features`
  response_features:
    type: transforms of features
    model: int_customers__features
    choices: [identity, log1p]
    may_be_empty: true
    default:
      message_click_rate: identity
      count_messages_180d: log1p
    sentence: >-
      Features that the answer to a message is learned on, besides `churn_features`

Segments:
  segment_dimensions:
    type: list of choices
    choices: [rfm, rfm_sticky, lifecycle, cluster, value_tier]
    default: [rfm, rfm_sticky, lifecycle, cluster, value_tier]
    sentence: >-
      Which ways of segmenting are computed. The columns of those left out stay and are
      null
  small_segment_customers:
    type: whole number
    least: 0
    most: 1000000000
    default: 50
    sentence: >-
      A segment of fewer customers is not described in its persona, and is no aim for
      others to grow towards
  max_profile_customers:
    type: whole number
    least: 100
    most: 1000000000
    default: 50000
    sentence: Of more customers than this, those whose hashed ids come first are profiled
  objective:
    type: one of
    choices: [reduce_churn, grow_value, win_back, convert]
    default: reduce_churn
    sentence: What segments are ranked for, and what features are weighed by

Privacy:
  activation_purpose:
    type: name
    nullable: true
    default: marketing
    example: marketing
    sentence: >-
      Lists of people to address hold only those whose latest consent grants this purpose.
      Null asks for no consent: only for a shop that keeps its consents elsewhere
  activation_channels:
    type: list of choices
    choices: [email, sms, push, web, phone, post, app]
    may_be_empty: true
    default: []
    example: [email]
    sentence: >-
      Channels in which people on such lists must have granted it, one of them at least.
      An empty list takes any channel
  retention_days:
    type: days of raw tables
    choices:
      [orders, web_events, messages, experiment_assignments, reviews, support_tickets,
       inventory]
    least: 1
    most: 36600
    default: {}
    example:
      web_events: 400
      messages: 730
    sentence: >-
      Rows of a raw table that are older than so many days, on the day of the build, are
      not read; order lines are as old as their order. They are read from the first month
      that begins within these days. What is left out has no limit
  pseudonym_key_env:
    type: name
    nullable: true
    default: null
    example: SEGMENTATION_KEY
    sentence: >-
      Customers are published under keyed hashes of their ids. Names the environment
      variable that holds the key, which stands nowhere else. Null publishes ids
  share_aggregates:
    type: flag
    default: false
    example: true
    sentence: >-
      A publication also writes aggregates that may leave the house, to `shared` beside
      the marts: no customer, and no group of fewer than `min_group_size` people
  min_group_size:
    type: whole number
    least: 2
    most: 10000
    default: 5
    unit: people
    sentence: >-
      In aggregates that leave the house, groups of fewer people are hidden, and whatever
      else would tell how many they are
  noise_epsilon:
    type: number
    least: 0.001
    most: 100
    nullable: true
    default: null
    example: 0.5
    sentence: >-
      Counts that leave the house carry random noise of about 1.4 / epsilon people, and
      other figures are left out. Null adds none
  noise_epsilon_total:
    type: number
    least: 0.001
    most: 1000000
    default: 1000
    sentence: >-
      The most that all counts with noise may cost together, ever: each table, date and
      dimension costs `noise_epsilon` once, and again where its counts have changed
  noise_key_env:
    type: name
    nullable: true
    default: null
    example: SEGMENTATION_NOISE_KEY
    sentence: >-
      Names the environment variable that holds the secret from which noise is drawn

Fairness:
  fairness_selected_share:
    type: share
    above: 0
    below: 1
    default: 0.2
    sentence: >-
      Of each model, so many of the customers scored, those scored highest, count as
      selected where groups are compared. Rates against outcomes follow with the next fit
  fairness_min_customers:
    type: whole number
    least: 1
    most: 1000000000
    default: 50
    sentence: Groups of fewer customers are too few to judge
  on_unfair:
    type: one of
    choices: [warn, fail, ignore]
    default: warn
    sentence: >-
      What a build does where a group is clearly selected less than four fifths as often as
      the most favoured: warn, fail before anything is published, or nothing

Publication:
  publish_path:
    type: folder
    nullable: true
    default: null
    example: /srv/published
    sentence: >-
      Folder to which `dbt build` publishes the marts for readers. Null takes `published`
      beside the database file
  publish_versions:
    type: whole number
    least: 1
    most: 1000
    default: 3
    sentence: So many published versions are kept, for readers who go back to an older one
  publish_lake:
    type: name
    nullable: true
    default: null
    example: lake
    sentence: >-
      Attached DuckLake to which the marts are published as well, in one transaction: see
      [DuckLake](ducklake.md)
  publish_lake_schema:
    type: name
    default: marts
    sentence: Schema of that lake. It belongs to the publication; each shop has its own
  stale_after_days:
    type: whole number
    least: 1
    most: 3650
    default: 2
    unit: days
    sentence: >-
      A raw table is late, and what is read from it stale, when its newest record is more
      than so many days old
{%- endmacro %}


{#- What a setting may be, in words: "a whole number from 1 to 40". Writes text and calls
    nothing of dbt, so that docs/settings_page.py can use it too. -#}
{% macro setting_form(known) -%}
    {%- set once = ', each named once' -%}
    {%- if known.type == 'date' -%}
        a date written as YYYY-MM-DD
    {%- elif known.type == 'whole number' -%}
        a whole number from {{ known.least }} to {{ '{:,}'.format(known.most) }}
    {%- elif known.type in ['number', 'share'] -%}
        a {{ known.type }}{{ ' of ' ~ known.unit if known.unit }}
        {%- if known.above is defined %} above {{ known.above }} and below {{ known.below }}
        {%- else %} from {{ known.least }} to {{ known.most }}
        {%- endif -%}
    {%- elif known.type == 'flag' -%}
        true or false
    {%- elif known.type == 'folder' -%}
        the path of a folder on this machine
    {%- elif known.type == 'name' -%}
        a name without quotes
    {%- elif known.type == 'condition' -%}
        a condition on the raw table customers
    {%- elif known.type == 'currency code' -%}
        an ISO 4217 code of three capital letters
    {%- elif known.type == 'time zone' -%}
        the name of a time zone in the IANA database
    {%- elif known.type == 'one of' -%}
        one of {{ known.choices | join(', ') }}
    {%- elif known.type == 'list of choices' -%}
        a list of some of {{ known.choices | join(', ') }}{{ once }}
    {%- elif known.type == 'list of whole numbers' -%}
        a list of whole numbers from {{ known.least }} to {{ '{:,}'.format(known.most) }}{{ once }}
    {%- elif known.type == 'list of categories' -%}
        a list of texts, product categories whose names differ in letters or digits
    {%- elif known.type == 'transforms of features' -%}
        features, each with its transform, {{ known.choices | join(' or ') }}
    {%- elif known.type == 'thresholds of metrics' -%}
        {{ known.choices | join(', ') }}, any of them with four rising numbers from 0
    {%- elif known.type == 'days of raw tables' -%}
        {{ known.choices | join(', ') }}, any of them with a whole number from
        {{- ' %s to ' % known.least }}{{ '{:,}'.format(known.most) }}
    {%- else -%}
        a {{ known.type }}{{ once }}
    {%- endif -%}
    {{ ', or null' if known.nullable }}
{%- endmacro %}
