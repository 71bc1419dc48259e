-- Where each receiver of the outbox stands. Its name and address are in the configuration; its secret is derived, not kept.
CREATE TABLE webhook (
    name TEXT NOT NULL CONSTRAINT webhook_name_is_unique PRIMARY KEY, -- as in the configuration
    told BIGINT NOT NULL,               -- running number of the last event it has confirmed
    failures BIGINT NOT NULL,           -- attempts that failed since it last confirmed
    next_at BIGINT NOT NULL,            -- not tried again before
    problem TEXT,                       -- why the last attempt failed; null: it did not
    lease_until BIGINT NOT NULL         -- until then one node is at it
);
