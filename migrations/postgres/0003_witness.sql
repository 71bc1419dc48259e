-- What this hall has cosigned last as a witness: one row for each log. It only ever goes forward.
CREATE TABLE witnessed (
    origin TEXT NOT NULL CONSTRAINT one_history_per_log PRIMARY KEY, -- the log's origin line
    size BIGINT NOT NULL,               -- entries of the tree
    root BYTEA NOT NULL CONSTRAINT witnessed_root_is_a_digest CHECK (LENGTH(root) = 32), -- its root
    note BYTEA NOT NULL,                 -- the checkpoint with the log's signatures and our cosignature
    at BIGINT NOT NULL
);
