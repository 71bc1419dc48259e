-- What shows that a person is there: passkeys, one-time codes, and the evidence of approvals confirmed by them; devices enrolled in the hall;
-- wrong passwords.

-- Passkeys (W3C Web Authentication) of staff. A row is never deleted: what it signed is checked by it.
CREATE TABLE passkey (
    id TEXT NOT NULL CONSTRAINT passkey_id_is_unique PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (id),
    name TEXT NOT NULL,
    credential BLOB NOT NULL CONSTRAINT credential_is_unique UNIQUE, -- by which the browser is asked for it
    key BLOB NOT NULL,                  -- SubjectPublicKeyInfo, DER
    backup_eligible BOOLEAN NOT NULL,   -- may be copied to other devices of its owner
    registered_at BIGINT NOT NULL,      -- good from then on
    removed_at BIGINT,                  -- no longer good from then on; null while it stands
    counter BIGINT NOT NULL,            -- signature counter seen last; 0: the authenticator keeps none
    used_for TEXT                       -- what that signature was for, so that a request sent again is no second use
);
CREATE INDEX passkey_by_staff ON passkey (staff);

-- One-time codes (RFC 6238). The secret is derived from the vault by the identifier, and kept nowhere.
CREATE TABLE one_time_code (
    id TEXT NOT NULL CONSTRAINT one_time_code_id_is_unique PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (id),
    registered_at BIGINT NOT NULL,      -- good from then on
    removed_at BIGINT,                  -- no longer good from then on; null while they stand
    period BIGINT NOT NULL,             -- period of the code used last: it and those before are used up
    used_for TEXT,                      -- what that code was used for
    failures BIGINT NOT NULL,           -- wrong codes since the last right one
    failed_at BIGINT NOT NULL           -- when the last wrong one was given
);
CREATE UNIQUE INDEX one_set_of_codes_per_person ON one_time_code (staff) WHERE removed_at IS NULL;

-- What confirmed an approval, where its statement says passkey or code.
CREATE TABLE approval_evidence (
    seal_use TEXT NOT NULL,             -- of the approval
    step TEXT NOT NULL,                 -- of the approval
    passkey TEXT REFERENCES passkey (id), -- which signed the digest of the statement; null: a code
    client_data BLOB,                   -- clientDataJSON, with the digest as its challenge
    authenticator_data BLOB,            -- what the authenticator says, signed with the digest of the client data
    signature BLOB,                     -- by the passkey
    codes TEXT REFERENCES one_time_code (id), -- of whose codes one was given; null: a passkey
    period BIGINT,                      -- the period of the code
    CONSTRAINT one_evidence_per_approval PRIMARY KEY (seal_use, step),
    CONSTRAINT evidence_is_of_an_approval FOREIGN KEY (seal_use, step) REFERENCES approval (seal_use, step),
    CONSTRAINT evidence_is_of_one_kind CHECK ((passkey IS NOT NULL AND client_data IS NOT NULL AND authenticator_data IS NOT NULL AND signature IS NOT NULL AND codes IS NULL AND period IS NULL) OR (passkey IS NULL AND client_data IS NULL AND authenticator_data IS NULL AND signature IS NULL AND codes IS NOT NULL AND period IS NOT NULL))
);

-- Devices enrolled in the hall by an administrator: windows, approvers' desks, the centre.
CREATE TABLE device (
    id TEXT NOT NULL CONSTRAINT device_id_is_unique PRIMARY KEY,
    name TEXT NOT NULL,
    window_no TEXT,                     -- the window it stands at
    department TEXT,                    -- the department in whose office it stands; neither: the centre
    key BLOB NOT NULL CONSTRAINT device_key_is_unique UNIQUE, -- its public key, an uncompressed point of P-256
    key_digest BLOB NOT NULL CONSTRAINT device_key_digest_is_unique UNIQUE, -- SHA-256 of it, by which the device says which it is
    enrolled_at BIGINT NOT NULL,        -- good from then on
    removed_at BIGINT,                  -- no longer good from then on; null while it stands
    CONSTRAINT a_device_stands_at_one_place CHECK (window_no IS NULL OR department IS NULL)
);

-- Sessions bound to a device: a second cookie, which only the device can renew.
CREATE TABLE session_device (
    token BLOB NOT NULL CONSTRAINT a_session_has_one_device PRIMARY KEY REFERENCES session (token) ON DELETE CASCADE, -- the session
    device TEXT NOT NULL REFERENCES device (id), -- where it was begun
    proof BLOB NOT NULL,                -- SHA-256 of the second cookie
    earlier BLOB,                       -- the one before, good for some seconds more
    proven_at BIGINT NOT NULL,          -- when the device last signed
    peer TEXT NOT NULL,                 -- from which address
    noticed_at BIGINT NOT NULL          -- when a copy of the session was last recorded
);

-- Sessions of keepers and administrators in which a passkey or a code was shown.
CREATE TABLE session_confirmation (
    token BLOB NOT NULL CONSTRAINT a_session_is_confirmed_once PRIMARY KEY REFERENCES session (token) ON DELETE CASCADE, -- the session
    confirmed_at BIGINT NOT NULL        -- when
);

-- Wrong passwords by name and address, with when the last right one was given; `*` for all addresses together.
CREATE TABLE sign_in_failure (
    login TEXT NOT NULL,                -- as given, known or not
    peer TEXT NOT NULL,                 -- the address, or *
    failures BIGINT NOT NULL,           -- since the last right one
    last_at BIGINT NOT NULL,            -- when the last wrong one was given
    right_at BIGINT,                    -- when the last right one was given
    CONSTRAINT one_count_per_login_and_peer PRIMARY KEY (login, peer)
);
CREATE INDEX sign_in_failure_by_time ON sign_in_failure (last_at);

-- Who has chosen a password of their own; all others still have the one they were given.
CREATE TABLE own_password (
    staff TEXT NOT NULL CONSTRAINT one_password_per_person PRIMARY KEY REFERENCES staff (id), -- whose
    set_at BIGINT NOT NULL              -- when it was last changed
);
