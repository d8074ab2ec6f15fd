-- The first schema: portals, routes, the queue, the ledger and the journal.
-- depends:

-- migrate: apply

CREATE TABLE applications (
    id            uuid PRIMARY KEY,
    client_id     text NOT NULL UNIQUE,
    client_secret bytea NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('market', 'local')),
    title         text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE portals (
    id                     uuid PRIMARY KEY,
    member_id              text NOT NULL UNIQUE CHECK (member_id ~ '^[0-9a-f]{32}$'),
    application_id         uuid NOT NULL REFERENCES applications,
    domain                 text NOT NULL,
    title                  text NOT NULL DEFAULT '',
    language               text NOT NULL DEFAULT 'en',
    server_endpoint        text NOT NULL,
    license_family         text NOT NULL DEFAULT '',
    application_token_hash bytea,
    scopes                 text[] NOT NULL DEFAULT '{}',
    state                  text NOT NULL CHECK (state IN ('installing', 'active', 'parked', 'uninstalled')),
    problem                text,
    parked_until           timestamptz,
    registered             jsonb NOT NULL DEFAULT '{}',
    register_at            timestamptz,
    register_failures      integer NOT NULL DEFAULT 0,
    installed_at           timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'parked') = (parked_until IS NOT NULL))
);

CREATE INDEX portals_to_register ON portals (register_at) WHERE register_at IS NOT NULL;

COMMENT ON INDEX portals_to_register IS 'The registration round: portals whose robots, placements and events are due.';

CREATE TABLE credentials (
    portal_id        uuid NOT NULL REFERENCES portals ON DELETE CASCADE,
    user_id          integer NOT NULL,
    role             text NOT NULL CHECK (role IN ('owner', 'standby', 'user')),
    access_token     bytea NOT NULL,
    refresh_token    bytea NOT NULL,
    previous_refresh bytea,
    expires_at       timestamptz NOT NULL,
    refreshed_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (portal_id, user_id)
);

CREATE UNIQUE INDEX credentials_one_owner ON credentials (portal_id) WHERE role = 'owner';

COMMENT ON INDEX credentials_one_owner IS 'Two installs at the same moment must not both become the owner.';

CREATE TABLE mappings (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mapping_versions (
    mapping_id   uuid NOT NULL REFERENCES mappings ON DELETE CASCADE,
    version      integer NOT NULL CHECK (version > 0),
    body         jsonb NOT NULL,
    comment      text NOT NULL DEFAULT '',
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (mapping_id, version)
);

CREATE TABLE routes (
    id              uuid PRIMARY KEY,
    partner_id      uuid NOT NULL REFERENCES portals ON DELETE CASCADE,
    hub_id          uuid NOT NULL REFERENCES portals ON DELETE CASCADE,
    mapping_id      uuid NOT NULL,
    mapping_version integer NOT NULL,
    state           text NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'ended')),
    policy          text NOT NULL DEFAULT 'update' CHECK (policy IN ('update', 'ignore', 'new')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (mapping_id, mapping_version) REFERENCES mapping_versions,
    CHECK (partner_id <> hub_id)
);

CREATE UNIQUE INDEX routes_one_per_pair ON routes (partner_id, hub_id) WHERE state <> 'ended';

COMMENT ON INDEX routes_one_per_pair IS 'Adding the same route twice at once; also finds the route of an incoming call.';

CREATE INDEX routes_of_hub ON routes (hub_id);

COMMENT ON INDEX routes_of_hub IS 'The delivery log of a hub portal.';

CREATE TABLE lanes (
    id     uuid PRIMARY KEY,
    due_at timestamptz,
    owner  uuid,
    seq    bigint NOT NULL DEFAULT 0,
    seen   bigint NOT NULL DEFAULT 0,
    CHECK (owner IS NULL OR due_at IS NOT NULL)
) WITH (fillfactor = 50);

CREATE INDEX lanes_due ON lanes (due_at) WHERE due_at IS NOT NULL;

COMMENT ON INDEX lanes_due IS 'The claim: due lanes in the order of their turn.';

CREATE TABLE deliveries (
    id             uuid PRIMARY KEY,
    portal_id      uuid NOT NULL REFERENCES portals ON DELETE CASCADE,
    route_id       uuid REFERENCES routes ON DELETE CASCADE,
    lane_id        uuid NOT NULL,
    key            bytea NOT NULL,
    robot          text NOT NULL,
    deal_id        text NOT NULL,
    state          text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'running', 'delivered', 'rejected', 'dead', 'cancelled')),
    run_at         timestamptz NOT NULL DEFAULT now(),
    claims         integer NOT NULL DEFAULT 0,
    failures       integer NOT NULL DEFAULT 0,
    claimed_by     uuid,
    problem        text,
    problem_params jsonb NOT NULL DEFAULT '{}',
    title          text,
    amount         text,
    currency       text,
    hub_deal_id    text,
    payload        bytea NOT NULL,
    received_at    timestamptz NOT NULL DEFAULT now(),
    give_up_at     timestamptz NOT NULL DEFAULT now() + interval '3 days',
    finished_at    timestamptz,
    CHECK ((state = 'running') = (claimed_by IS NOT NULL)),
    CHECK ((state IN ('waiting', 'running')) = (finished_at IS NULL))
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX deliveries_once ON deliveries (portal_id, key);

COMMENT ON INDEX deliveries_once IS 'The same robot call received twice, even by two web processes at once.';

CREATE INDEX deliveries_ready ON deliveries (lane_id, run_at, id) WHERE state = 'waiting';

COMMENT ON INDEX deliveries_ready IS 'What a worker takes from the lane it holds, in order.';

CREATE INDEX deliveries_unfinished ON deliveries (lane_id, deal_id, id) WHERE state IN ('waiting', 'running');

COMMENT ON INDEX deliveries_unfinished IS 'Deliveries of one deal run one after another: is an earlier one unfinished?';

CREATE INDEX deliveries_log ON deliveries (portal_id, id DESC);

COMMENT ON INDEX deliveries_log IS 'The delivery log of a partner portal, newest first.';

CREATE INDEX deliveries_route_log ON deliveries (route_id, id DESC);

COMMENT ON INDEX deliveries_route_log IS 'The delivery log of a hub portal, newest first, route by route.';

CREATE TABLE steps (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    at          timestamptz NOT NULL DEFAULT now(),
    kind        text NOT NULL,
    code        text NOT NULL,
    params      jsonb NOT NULL DEFAULT '{}',
    took_ms     integer
);

CREATE INDEX steps_of_delivery ON steps (delivery_id, id);

COMMENT ON INDEX steps_of_delivery IS 'The journal of one delivery.';

CREATE TABLE links (
    id          uuid PRIMARY KEY,
    portal_id   uuid NOT NULL REFERENCES portals ON DELETE CASCADE,
    hub_id      uuid NOT NULL REFERENCES portals ON DELETE CASCADE,
    source_type text NOT NULL,
    source_id   text NOT NULL,
    generation  integer NOT NULL DEFAULT 1 CHECK (generation > 0),
    state       text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sent', 'done')),
    target_id   text,
    delivery_id uuid REFERENCES deliveries ON DELETE SET NULL,
    sent_by     uuid,
    sent_at     timestamptz,
    done_at     timestamptz,
    CHECK ((state = 'done') = (target_id IS NOT NULL)),
    CHECK (state <> 'sent' OR sent_at IS NOT NULL)
);

CREATE UNIQUE INDEX links_once ON links (portal_id, hub_id, source_type, source_id, generation);

COMMENT ON INDEX links_once IS 'The only uniqueness there is: one target per source object and generation.';

CREATE INDEX links_of_delivery ON links (delivery_id);

COMMENT ON INDEX links_of_delivery IS 'Keeps the removal of old deliveries from scanning the ledger.';

-- migrate: rollback
