-- The first schema. {id} is text compared byte by byte, {instant} a point in time (ms), {day} an ISO date as text.
-- No boolean columns: an instant says more. JSON is opaque. CHECK constraints hold the states; a test compares them with the enums.

create table setting (
    key   {id} not null primary key,
    value text not null
);

create table audit (
    id      {id} not null primary key,
    at      {instant} not null,
    actor   text not null,
    verb    text not null,
    subject text not null,
    before  text,
    after   text
);

create table company (
    id           {id} not null primary key,   -- cmp_ + hash of the natural key: created in the order of that key
    natural_key  {id} not null unique,        -- e-mail or web domain, else the folded name
    name         text not null,
    domain       text,
    next_call_at {instant},
    revision     bigint not null default 0,
    stopped_at   {instant},
    created_at   {instant} not null
);

create table import_batch (
    id          {id} not null primary key,
    file_name   text not null,
    file_hash   text not null,
    started_at  {instant} not null,
    finished_at {instant},
    attested_by text,
    attestation text,
    row_count   bigint not null default 0,
    created     bigint not null default 0,
    updated     bigint not null default 0,
    duplicate   bigint not null default 0,
    rejected    bigint not null default 0,
    undone_at   {instant}
);

create table lead (
    id             {id} not null primary key,
    company_id     {id} references company(id),
    first_name     text,
    last_name      text,
    title          text,
    street         text,
    city           text,
    state          text,
    postal_code    text,
    company_state  text,
    country        text,
    stated_zone    text,
    source         text,
    batch_id       {id},
    revision       bigint not null default 0,
    opted_out_at   {instant},
    paused_at      {instant},
    detached_at    {instant},                 -- its import was undone after somebody had been contacted
    last_permit_id {id},
    last_touch_at  {instant},
    created_at     {instant} not null
);
create index lead_company on lead(company_id);
create index lead_batch on lead(batch_id);

create table lead_ref (
    source      {id} not null,
    external_id {id} not null,
    lead_id     {id} not null references lead(id),
    primary key (source, external_id)
);
create index lead_ref_lead on lead_ref(lead_id);

create table address_key (
    id                {id} not null primary key,   -- the normalised address itself
    kind              text not null check (kind in ('email', 'phone')),
    suppressed_at     {instant},
    suppressed_reason text,
    held_at           {instant},
    next_call_at      {instant},
    next_text_at      {instant},
    deliverability    text,                        -- what a mailbox itself told us: outlives every import
    writes            bigint not null default 0    -- raised by every verb that must own the row before it reads who holds it
);

create table lead_address (
    lead_id        {id} not null references lead(id),
    address_id     {id} not null references address_key(id),
    kind           text not null check (kind in ('email', 'phone')),
    role           text not null check (role in ('email', 'direct', 'mobile', 'primary', 'company')),
    extension      text,
    deliverability text,
    attached_at    {instant} not null,
    detached_at    {instant},
    primary key (lead_id, address_id)
);
create index lead_address_holder on lead_address(address_id) where detached_at is null;

create table suppression (
    id         {id} not null primary key,
    address_id {id} not null,                      -- no foreign key: it outlives the address and the lead
    at         {instant} not null,
    reason     text not null,
    source     text not null,
    evidence   text
);
create index suppression_address on suppression(address_id);

create table consent (
    id           {id} not null primary key,
    lead_id      {id} not null references lead(id),
    address_id   {id} not null references address_key(id),
    channel      text not null check (channel in ('email', 'call', 'text')),
    status       text not null check (status in ('recorded', 'claimed', 'withdrawn')),
    seller       text,
    text_version text,
    evidence     text,
    given_on     {day},
    expires_at   {instant},
    attested_by  text,
    missing      text,
    batch_id     {id},
    created_at   {instant} not null,
    withdrawn_at {instant}
);
create index consent_lead on consent(lead_id);

create table import_row (
    batch_id {id} not null references import_batch(id),
    line     bigint not null,
    result   text not null check (result in ('created', 'updated', 'duplicate', 'rejected')),
    lead_id  {id},
    field    text,
    value    text,
    reason   text,
    warnings text,
    before   text,                                 -- what the row changed, as it was
    after    text,                                 -- and as it became, so that undo can tell a later edit
    primary key (batch_id, line)
);

create table sequence (
    id      {id} not null,
    version bigint not null,
    name    text not null,
    steps   text not null,
    primary key (id, version)
);

create table campaign (
    id               {id} not null primary key,
    name             text not null,
    sequence_id      {id} not null,
    sequence_version bigint not null,
    zone             text not null,
    daily_cap        bigint not null,
    enrolls_from     {instant},                    -- null: enrols nobody by itself
    paused_at        {instant},
    created_at       {instant} not null,
    foreign key (sequence_id, sequence_version) references sequence(id, version)
);

create table enrollment (
    id               {id} not null primary key,
    lead_id          {id} not null references lead(id),
    campaign_id      {id} not null references campaign(id),
    round            bigint not null,
    sequence_id      {id} not null,
    sequence_version bigint not null,
    state            text not null check (state in ('active', 'finished', 'stopped')),
    stop_reason      text,
    enrolled_at      {instant} not null,
    ended_at         {instant},
    plan_at          {instant},                    -- when planning shall look at it; null: somebody will wake it
    wakes            bigint not null default 0,
    unique (lead_id, campaign_id, round)
);
create index enrollment_plan on enrollment(campaign_id, plan_at) where plan_at is not null;

create table pool (
    id          {id} not null primary key,
    campaign_id {id} not null references campaign(id),
    channel     text not null check (channel in ('email', 'call', 'text')),
    unique (campaign_id, channel)
);

create table sender (
    id             {id} not null primary key,
    channel        text not null check (channel in ('email', 'call', 'text')),
    pool_id        {id} not null references pool(id),
    address        {id} not null unique,
    display_name   text,
    provider_key   text,
    zone           text not null,
    gap_seconds    bigint not null,
    hourly_cap     bigint not null,
    daily_cap      bigint not null,
    warm_since     {day},
    revision       bigint not null default 0,
    policy_version text not null,
    last_begin_at  {instant},
    next_slot_at   {instant} not null,
    paused_at      {instant},
    pause_reason   text
);
create index sender_pool on sender(pool_id);

create table touch (
    id             {id} not null primary key,
    lead_id        {id} not null references lead(id),
    enrollment_id  {id} not null references enrollment(id),
    campaign_id    {id} not null,
    channel        text not null check (channel in ('email', 'call', 'text')),
    step_id        {id} not null,
    round          bigint not null,
    attempt        bigint not null,
    state          text not null check (state in ('planned', 'sending', 'sent', 'refused', 'failed', 'unconfirmed', 'skipped')),
    parked_reason  text check (parked_reason in ('no_legal_basis', 'zone_unknown', 'no_common_hour', 'held', 'person_paused', 'no_sender', 'missing_variable')),
    skipped_reason text check (skipped_reason in ('opted_out', 'suppressed', 'stopped', 'no_address', 'not_deliverable', 'outside_united_states',
                                                  'extension_cannot_receive_texts', 'expired', 'import_undone')),
    address_id     {id},
    pool_id        {id} not null,
    window_key     {id} not null,
    zone_group     {id} not null,
    priority       bigint not null check (priority between 0 and 4),
    planned_at     {instant} not null,
    due_at         {instant} not null,
    expires_at     {instant} not null,
    sender_id      {id},
    permit_id      {id} unique,
    begun_at       {instant},
    begun_day      {day},
    spend_day      {day},                          -- the owner's day its money was reserved on
    successor_of   {id},                           -- the call this offer follows: moves with what becomes of it
    deadline       {instant},
    closed_at      {instant},
    accepted_at    {instant},
    answered_at    {instant},
    end_seen_at    {instant},                      -- the provider says it ended; its report is still to come
    provider_ref   {id},
    control_url    text,
    contact_ref    {id},
    company_free_at {instant},                     -- the gaps this begin took, so that exactly they can be given back
    address_free_at {instant},
    failed_because text check (failed_because in ('transient', 'account', 'permit_expired')),
    disposition    text check (disposition in ('replied', 'answered', 'interested', 'not_interested', 'no_answer', 'voicemail', 'busy', 'hung_up',
                                               'wrong_number', 'bounced', 'opted_out', 'call_failed', 'unknown')),
    error          text,
    reserved_micro bigint not null default 0,      -- money set aside at begin, in millionths of a dollar
    settled_micro  bigint,
    unique (lead_id, step_id, round, attempt),
    check (state <> 'planned' or begun_at is null),
    check (state not in ('sending', 'sent', 'refused', 'failed', 'unconfirmed') or (begun_at is not null and permit_id is not null and sender_id is not null)),
    check ((state = 'skipped') = (skipped_reason is not null)),
    check (parked_reason is null or state = 'planned')
);
create index touch_due on touch(pool_id, window_key, priority, due_at, id) where state = 'planned' and parked_reason is null;
create unique index touch_one_in_the_air on touch(lead_id) where begun_at is not null and closed_at is null;
create index touch_enrollment on touch(enrollment_id);
create index touch_lead on touch(lead_id);
create index touch_successor on touch(successor_of) where successor_of is not null and state = 'planned';
create index touch_deadline on touch(deadline) where state = 'sending';
create index touch_open on touch(begun_at) where begun_at is not null and closed_at is null;
create index touch_sender_begun on touch(sender_id, begun_at) where begun_at is not null;
create index touch_expires on touch(expires_at) where state = 'planned';
create index touch_provider_ref on touch(provider_ref) where provider_ref is not null;

create table touch_verdict (
    permit_id {id} not null primary key,
    touch_id  {id} not null references touch(id),
    at        {instant} not null,
    verdict   text not null
);

create table touch_content (
    permit_id    {id} not null primary key,
    touch_id     {id} not null references touch(id),
    from_address text not null,
    to_address   text not null,
    subject      text,
    body         text not null,
    message_id   {id}
);
create index touch_content_touch on touch_content(touch_id);

create table sender_day   (sender_id {id} not null, day {day} not null, begun bigint not null, primary key (sender_id, day));
create table campaign_day (campaign_id {id} not null, day {day} not null, begun bigint not null, primary key (campaign_id, day));
create table spend_day    (day {day} not null, channel text not null check (channel in ('email', 'call', 'text', 'all')), micro bigint not null, primary key (day, channel));
create table zone_day     (pool_id {id} not null, day {day} not null, zone_group {id} not null, share bigint not null, begun bigint not null, primary key (pool_id, day, zone_group));

create table signal (
    id            {id} not null primary key,
    provider      {id} not null,
    event_id      {id} not null,
    kind          text not null,
    received_at   {instant} not null,
    raw           text not null,
    touch_id      {id},
    contact_ref   {id},
    understood_at {instant},
    result        text,
    unreadable_at {instant},
    attempts      bigint not null default 0,
    unique (provider, event_id)
);
create index signal_open on signal(received_at, id) where understood_at is null and unreadable_at is null;

create table signal_address (
    signal_id  {id} not null references signal(id),
    address_id {id} not null,
    primary key (signal_id, address_id)
);
create index signal_address_address on signal_address(address_id);

create table owner_copy (
    touch_id   {id} not null primary key references touch(id),
    due_at     {instant} not null,
    attempts   bigint not null default 0,
    sent_at    {instant},
    last_error text
);
create index owner_copy_due on owner_copy(due_at) where sent_at is null;

create table incident (
    id        {id} not null primary key,
    kind      text not null,
    subject   {id} not null,
    detail    text not null,
    opened_at {instant} not null,
    closed_at {instant}
);
create unique index incident_open on incident(kind, subject) where closed_at is null;

create table desk (
    kind         {id} not null,
    key          {id} not null,
    next_turn_at {instant} not null,
    wakes        bigint not null default 0,
    holder       {id},
    lease_until  {instant},
    last_turn_at {instant},
    last_result  text,
    failures     bigint not null default 0,
    restarts     bigint not null default 0,
    primary key (kind, key)
);
create index desk_due on desk(next_turn_at, kind, key);
