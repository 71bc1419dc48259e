-- Times are BIGINT microseconds since 1970-01-01 UTC, days are TEXT YYYY-MM-DD in the hall's time (UTC+8), numbers are BIGINT, flags are BOOLEAN,
-- identifiers are TEXT, digests are 32 bytes. Constraints are named after the sentence they enforce.

-- One row: this installation.
CREATE TABLE installation (
    one BIGINT NOT NULL CONSTRAINT installation_is_one PRIMARY KEY CHECK (one = 1), -- always 1
    hall TEXT NOT NULL,                 -- the hall's name
    origin TEXT NOT NULL,               -- the ledger's origin line, which is also the log's name; never changes
    created_at BIGINT NOT NULL          -- when the hall was set up
);

-- Registered staff and their permits (工作证).
CREATE TABLE staff (
    id TEXT NOT NULL CONSTRAINT staff_id_is_unique PRIMARY KEY,
    login TEXT NOT NULL CONSTRAINT staff_login_is_unique UNIQUE,
    name TEXT NOT NULL,                 -- shown to colleagues
    duty TEXT NOT NULL,                 -- one duty an account
    side TEXT NOT NULL,                 -- managing, using or auditing: no account goes from one to another
    department TEXT,                    -- department key; null for the hall's own staff
    deputy BOOLEAN NOT NULL,            -- acts for the chief representative, on the days of the rota
    windows TEXT NOT NULL,              -- JSON array of window numbers
    grade TEXT NOT NULL,                -- how they are employed
    posted_from TEXT,                   -- first day for which the department keeps them at the window
    posted_to TEXT,                     -- last day of that
    hours TEXT,                         -- hours of duty, as mon-fri 08:30-12:00; null: whenever the hall is open
    password TEXT NOT NULL,             -- Argon2id in PHC form
    permit_no TEXT NOT NULL CONSTRAINT permit_number_is_unique UNIQUE, -- number of the permit
    permit_from TEXT NOT NULL,          -- first day of the permit
    permit_to TEXT NOT NULL,            -- last day of the permit
    nominated_by TEXT REFERENCES staff (id), -- null: named when the hall was set up
    consented_by TEXT REFERENCES staff (id), -- who consented for the centre; null: the hall was set up
    state TEXT NOT NULL,                -- active, suspended, ended; effective at once
    CONSTRAINT staff_have_one_duty CHECK (duty IN ('clerk', 'reviewer', 'chief', 'leader', 'keeper', 'administrator', 'auditor')),
    CONSTRAINT managing_using_and_auditing_are_apart CHECK ((side = 'using' AND duty IN ('clerk', 'reviewer', 'chief', 'leader'))
        OR (side = 'managing' AND duty IN ('keeper', 'administrator')) OR (side = 'auditing' AND duty = 'auditor')),
    CONSTRAINT approvers_are_civil_servants_or_established CHECK
        (duty NOT IN ('reviewer', 'chief', 'leader') OR grade IN ('civil-servant', 'established')),
    CONSTRAINT chief_representatives_stay_two_years CHECK (duty <> 'chief' OR (posted_from IS NOT NULL AND posted_to IS NOT NULL
        AND ((CAST(substr(posted_from, 1, 4) AS BIGINT) + 2) || substr(posted_from, 5)) <= posted_to)),
    CONSTRAINT only_chief_representatives_are_deputised CHECK (duty = 'chief' OR NOT deputy),
    CONSTRAINT nobody_consents_to_an_own_nomination CHECK
        (nominated_by IS NULL OR consented_by IS NULL OR nominated_by <> consented_by),
    CONSTRAINT staff_state_is_known CHECK (state IN ('active', 'suspended', 'ended'))
);

-- Nominations (提名) of staff and of changes to their registration, for the centre to consent to.
CREATE TABLE nomination (
    id TEXT NOT NULL CONSTRAINT nomination_id_is_unique PRIMARY KEY,
    staff TEXT REFERENCES staff (id),
    login TEXT NOT NULL,                -- as in staff, and so are the following
    name TEXT NOT NULL,
    duty TEXT NOT NULL,                 -- as in staff
    department TEXT,
    deputy BOOLEAN NOT NULL,            -- as in staff
    windows TEXT NOT NULL,              -- as in staff
    grade TEXT NOT NULL,                -- as in staff
    posted_from TEXT,                   -- as in staff
    posted_to TEXT,                     -- as in staff
    hours TEXT,                         -- as in staff
    permit_to TEXT NOT NULL,            -- last day of the permit asked for
    nominated_by TEXT NOT NULL REFERENCES staff (id), -- for the department
    nominated_at BIGINT NOT NULL,       -- when
    state TEXT NOT NULL,                -- nominated, consented, declined
    decided_by TEXT REFERENCES staff (id), -- for the centre
    decided_at BIGINT,                  -- when
    CONSTRAINT nomination_state_is_known CHECK (state IN ('nominated', 'consented', 'declined')),
    CONSTRAINT decided_nominations_name_who_decided CHECK (state = 'nominated' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
    CONSTRAINT nobody_consents_to_an_own_nomination CHECK (decided_by IS NULL OR decided_by <> nominated_by)
);
CREATE UNIQUE INDEX one_open_nomination_per_account ON nomination (login) WHERE state = 'nominated';

-- The rota of deputies (轮流值守): on these days the deputy stands in for the chief representative.
CREATE TABLE rota (
    id TEXT NOT NULL CONSTRAINT watch_id_is_unique PRIMARY KEY,
    deputy TEXT NOT NULL REFERENCES staff (id), -- who stands in
    department TEXT NOT NULL,
    first_day TEXT NOT NULL,            -- the first day
    last_day TEXT NOT NULL,             -- the last day
    made_by TEXT NOT NULL REFERENCES staff (id), -- who put them there
    withdrawn_at BIGINT,                -- taken off the rota; null while it stands
    CONSTRAINT nobody_puts_themselves_on_the_rota CHECK (deputy <> made_by),
    CONSTRAINT a_watch_ends_after_it_begins CHECK (first_day <= last_day)
);
CREATE INDEX rota_by_department ON rota (department, last_day);

-- Signed-in staff. The token itself is only in the browser.
CREATE TABLE session (
    token BLOB NOT NULL CONSTRAINT session_token_is_unique PRIMARY KEY, -- SHA-256 of the cookie's token
    staff TEXT NOT NULL REFERENCES staff (id),
    csrf TEXT NOT NULL,                 -- token that every unsafe page request carries
    window_no TEXT,                     -- the window the person sits at
    created_at BIGINT NOT NULL,         -- sign-in
    expires_at BIGINT NOT NULL          -- not accepted from then on
);

-- Seals (印章). The private key is in the vault, under the same SPKI digest.
CREATE TABLE seal (
    id TEXT NOT NULL CONSTRAINT seal_id_is_unique PRIMARY KEY,
    department TEXT NOT NULL,           -- department key
    kind TEXT NOT NULL,                 -- approval: 行政审批专用章; department: 部门行政印章
    code TEXT NOT NULL CONSTRAINT seal_code_is_unique UNIQUE, -- 14 digits
    name TEXT NOT NULL,                 -- text on the arc
    diameter_mm BIGINT NOT NULL,
    custodian TEXT REFERENCES staff (id), -- who keeps it; null: the department had no keeper when the hall was set up
    state TEXT NOT NULL,                -- applied, made, filed, active, suspended, retired
    applied_at BIGINT NOT NULL,         -- applied for
    key BLOB CONSTRAINT seal_key_is_unique UNIQUE, -- SHA-256 of the SubjectPublicKeyInfo; null until made
    certificate BLOB,                   -- signing certificate, DER; null until made
    chain TEXT,                         -- PEM of the authorities between it and its root; null: the hall's own
    certified_at BIGINT,                -- the certificate is in use since
    filing_no TEXT CONSTRAINT a_filing_number_is_used_once UNIQUE, -- 备案号; null until filed
    filed_on TEXT,                      -- day of the filing
    filing_document BLOB,               -- SHA-256 of the scanned filing document, which is an object of the store
    opened_at BIGINT,                   -- enabled; null: never was
    retired_at BIGINT,                  -- retired; null while it is not
    CONSTRAINT seal_kind_is_known CHECK (kind IN ('approval', 'department')),
    CONSTRAINT seal_state_is_known CHECK (state IN ('applied', 'made', 'filed', 'active', 'suspended', 'retired')),
    CONSTRAINT made_seals_have_their_key CHECK (state IN ('applied', 'retired') OR (key IS NOT NULL AND certificate IS NOT NULL AND certified_at IS NOT NULL)),
    CONSTRAINT seals_are_filed_before_they_are_enabled CHECK (state IN ('applied', 'made', 'retired') OR (filing_no IS NOT NULL AND filed_on IS NOT NULL)),
    CONSTRAINT enabled_seals_have_their_time CHECK (state NOT IN ('active', 'suspended') OR opened_at IS NOT NULL),
    CONSTRAINT retired_seals_have_their_time CHECK ((state = 'retired') = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_active_seal_of_a_kind_per_department ON seal (department, kind) WHERE state IN ('active', 'suspended');

-- Every certificate that a seal's key has had.
CREATE TABLE seal_certificate (
    id TEXT NOT NULL CONSTRAINT a_certificate_is_kept_once PRIMARY KEY, -- SHA-256 of the certificate, hexadecimal
    seal TEXT NOT NULL REFERENCES seal (id),
    certificate BLOB NOT NULL,          -- DER
    since BIGINT NOT NULL,              -- in use since
    revoked_at BIGINT,                  -- on the revocation list since; null: it is not
    revocation TEXT,                    -- why
    CONSTRAINT revocation_is_known CHECK (revocation IN ('key-compromise')),
    CONSTRAINT revoked_certificates_have_their_reason CHECK ((revoked_at IS NULL) = (revocation IS NULL))
);
CREATE INDEX certificate_by_seal ON seal_certificate (seal);

-- Steps of a seal's life: proposed by one person, decided on by another.
CREATE TABLE seal_step (
    id TEXT NOT NULL CONSTRAINT seal_step_id_is_unique PRIMARY KEY,
    seal TEXT NOT NULL,                 -- the seal; of an application, the one that comes of it
    department TEXT NOT NULL,           -- whose seal
    act TEXT NOT NULL,                  -- which step
    plan TEXT NOT NULL,                 -- JSON: what exactly will be done
    document BLOB,                      -- SHA-256 of the document that goes with it, an object of the store
    why TEXT NOT NULL,                  -- the proposer's reason
    proposed_by TEXT NOT NULL REFERENCES staff (id), -- who proposed it
    proposed_at BIGINT NOT NULL,        -- when
    state TEXT NOT NULL,                -- pending, done, declined, withdrawn, lapsed
    decided_by TEXT REFERENCES staff (id), -- who confirmed, declined or withdrew it
    decided_at BIGINT,                  -- when
    decided_why TEXT,                   -- why it was declined or withdrawn
    CONSTRAINT seal_act_is_known CHECK (act IN ('apply', 'make', 'file', 'enable', 'resume', 'replace', 'retire', 'renew', 'compromise')),
    CONSTRAINT seal_step_state_is_known CHECK (state IN ('pending', 'done', 'declined', 'withdrawn', 'lapsed')),
    CONSTRAINT decided_steps_have_their_time CHECK ((state = 'pending') = (decided_at IS NULL)),
    CONSTRAINT nobody_confirms_a_step_of_their_own CHECK (state NOT IN ('done', 'declined') OR (decided_by IS NOT NULL AND decided_by <> proposed_by))
);
-- A report that a key is lost waits for no other step.
CREATE UNIQUE INDEX one_step_of_a_seal_at_a_time ON seal_step (seal) WHERE state = 'pending' AND act <> 'compromise';
CREATE UNIQUE INDEX a_loss_is_reported_once_at_a_time ON seal_step (seal, act) WHERE state = 'pending' AND act = 'compromise';
CREATE INDEX step_by_seal ON seal_step (seal, proposed_at);

-- What the auditor is told of at once.
CREATE TABLE notice (
    id TEXT NOT NULL CONSTRAINT notice_id_is_unique PRIMARY KEY,
    kind TEXT NOT NULL,                 -- seal-reported-lost, seal-compromised, loss-declined
    seal TEXT NOT NULL REFERENCES seal (id),
    at BIGINT NOT NULL,
    seen_by TEXT REFERENCES staff (id), -- the auditor who has taken note; null: nobody yet
    seen_at BIGINT,                     -- when
    CONSTRAINT notice_kind_is_known CHECK (kind IN ('seal-reported-lost', 'seal-compromised', 'loss-declined')),
    CONSTRAINT seen_notices_have_their_time CHECK ((seen_by IS NULL) = (seen_at IS NULL))
);

-- Letters of authorization (授权委托书).
CREATE TABLE letter (
    id TEXT NOT NULL CONSTRAINT letter_id_is_unique PRIMARY KEY,
    department TEXT NOT NULL,           -- department key
    chief TEXT NOT NULL,                -- the chief representative named in it
    powers TEXT NOT NULL,               -- JSON array of the powers given
    items TEXT NOT NULL,                -- JSON array of item codes
    first_day TEXT NOT NULL,            -- first day of its term
    last_day TEXT NOT NULL,             -- last day of its term
    document BLOB NOT NULL,             -- SHA-256 of the PDF as composed, which is an object of the store
    number TEXT NOT NULL CONSTRAINT letter_number_is_unique UNIQUE, -- its number
    issued TEXT NOT NULL,               -- the date on its face
    state TEXT NOT NULL,                -- proposed, approved, filed, declined, revoked
    proposed_by TEXT REFERENCES staff (id), -- null: when the hall was set up
    approved_by TEXT REFERENCES staff (id), -- the department's leader who decided; null: nobody yet, or when the hall was set up
    filed_as TEXT,                      -- paper (before the hall was set up), scan or seal
    scan BLOB,                          -- SHA-256 of the scan (PDF) of the letter as signed and sealed on paper
    sealed BLOB,                        -- SHA-256 of the letter (PDF) as sealed electronically
    revoked_at BIGINT,                  -- null while it stands
    CONSTRAINT letter_state_is_known CHECK (state IN ('proposed', 'approved', 'filed', 'declined', 'revoked')),
    CONSTRAINT nobody_approves_an_own_letter CHECK (proposed_by IS NULL OR approved_by IS NULL OR proposed_by <> approved_by),
    CONSTRAINT letters_in_force_are_sealed_or_filed CHECK (state NOT IN ('filed', 'revoked') OR
        (filed_as IS NOT NULL AND filed_as IN ('paper', 'scan', 'seal') AND (filed_as <> 'scan' OR scan IS NOT NULL) AND (filed_as <> 'seal' OR sealed IS NOT NULL))),
    CONSTRAINT letters_in_force_are_approved CHECK (state NOT IN ('approved', 'filed', 'revoked') OR proposed_by IS NULL OR approved_by IS NOT NULL),
    CONSTRAINT revoked_letters_say_when CHECK ((state = 'revoked') = (revoked_at IS NOT NULL))
);
CREATE INDEX letter_by_department ON letter (department);

-- The next running number of an item in a year. A number once taken is never used again.
CREATE TABLE number_sequence (
    item TEXT NOT NULL,                 -- item code, or the joint document's name
    year BIGINT NOT NULL,
    taken BIGINT NOT NULL,              -- the last number taken
    CONSTRAINT one_sequence_per_item_and_year PRIMARY KEY (item, year)
);

-- Cases (办件).
CREATE TABLE matter (
    id TEXT NOT NULL CONSTRAINT case_id_is_unique PRIMARY KEY,
    case_no TEXT NOT NULL CONSTRAINT case_number_is_unique UNIQUE, -- number of the case, also the idempotency key of its submission
    title TEXT NOT NULL,                -- the item's or the joint matter's name
    window_no TEXT NOT NULL,            -- where it was accepted
    submission BLOB NOT NULL,           -- SHA-256 of what was submitted: the same again is a retry, anything else a conflict
    submitted_by TEXT NOT NULL REFERENCES staff (id),
    submitted_at BIGINT NOT NULL,
    held_at BIGINT,                     -- when a rule refused to seal what everybody had approved: an approver has to ask again
    limit_days BIGINT NOT NULL,         -- working days promised when it was accepted; 0: an instant item
    legal_days BIGINT NOT NULL,         -- working days the law gives
    due TEXT,                           -- last day of the promise, without an extension; null: a year's holidays were not entered yet
    legal_due TEXT,                     -- last day by law, without an extension
    key_project BOOLEAN NOT NULL,       -- a key project (重点项目直通车): first in every list while it is open
    materials TEXT NOT NULL,            -- JSON array of the materials received when it was accepted
    fee TEXT,                           -- the fee that its items name; null: it costs nothing
    entrustment TEXT,                   -- the recorded entrustments under which the integrated window accepted it
    CONSTRAINT both_due_days_or_none CHECK ((due IS NULL) = (legal_due IS NULL)),
    CONSTRAINT the_promise_keeps_the_law CHECK (limit_days <= legal_days AND (due IS NULL OR due <= legal_due))
);

-- Extensions (延期): one a case, told to the applicant.
CREATE TABLE extension (
    matter TEXT NOT NULL CONSTRAINT a_case_is_extended_once PRIMARY KEY REFERENCES matter (id),
    days BIGINT NOT NULL,               -- working days added
    due_before TEXT NOT NULL,           -- last day of the promise before
    due TEXT NOT NULL,                  -- last day of the promise since
    legal_due TEXT NOT NULL,            -- last day by law since
    reason TEXT NOT NULL,               -- why, as told to the applicant
    told TEXT NOT NULL,                 -- how the applicant was told: written, message, phone, in-person
    told_on TEXT NOT NULL,              -- the day on which the applicant was told
    staff TEXT NOT NULL REFERENCES staff (id), -- the leader who extended it
    at BIGINT NOT NULL,
    CONSTRAINT an_extension_is_told CHECK (told IN ('written', 'message', 'phone', 'in-person') AND reason <> ''),
    CONSTRAINT an_extension_is_short CHECK (days BETWEEN 1 AND 15 AND due > due_before)
);

-- Fees paid (统一收费): one payment settles a case.
CREATE TABLE payment (
    matter TEXT NOT NULL CONSTRAINT a_case_is_paid_once PRIMARY KEY REFERENCES matter (id),
    amount BIGINT NOT NULL CONSTRAINT a_fee_is_not_negative CHECK (amount >= 0), -- in fen; 0: exempted
    receipt TEXT NOT NULL,              -- number of the receipt, or of the document that exempts it
    window_no TEXT NOT NULL,            -- window that recorded it
    staff TEXT NOT NULL REFERENCES staff (id),
    at BIGINT NOT NULL
);

-- Holiday arrangements (放假安排) as entered by the administrator; the latest version of a year is in force.
CREATE TABLE holiday_year (
    id TEXT NOT NULL CONSTRAINT holiday_year_id_is_unique PRIMARY KEY, -- year and version
    year BIGINT NOT NULL,
    version BIGINT NOT NULL,            -- from 1
    source TEXT NOT NULL,               -- the notice
    arrangement TEXT NOT NULL,          -- JSON: days off and weekend days worked
    staff TEXT NOT NULL REFERENCES staff (id),
    at BIGINT NOT NULL,
    CONSTRAINT one_arrangement_per_version UNIQUE (year, version)
);

-- Certificates (证照) and other documents of a case.
CREATE TABLE certificate (
    id TEXT NOT NULL CONSTRAINT certificate_id_is_unique PRIMARY KEY,
    matter TEXT NOT NULL REFERENCES matter (id),
    position BIGINT NOT NULL,          -- order within the case, from 0
    item TEXT NOT NULL,                 -- item code, or the joint document's name
    name TEXT NOT NULL,                 -- name of the certificate
    number TEXT NOT NULL,               -- its number (证号)
    holder TEXT NOT NULL,               -- who holds it, for lists inside the hall
    data TEXT NOT NULL,                 -- JSON object of its fields, as submitted
    template TEXT NOT NULL,             -- slug of the template
    template_version BLOB NOT NULL,     -- SHA-256 over the template's files
    unsealed BLOB NOT NULL,             -- SHA-256 of the unsealed PDF: what every approval names
    layout TEXT NOT NULL,               -- JSON: anchors and pages
    major BOOLEAN NOT NULL,             -- the item or this case is major; the leader decides too
    disputed BOOLEAN NOT NULL,          -- disputed; the leader decides too
    lookup_code TEXT NOT NULL,          -- random part of the address in the QR code
    asked_by TEXT NOT NULL REFERENCES staff (id), -- who asked for the seal; cannot approve it
    withdraws TEXT REFERENCES certificate (id), -- the certificate that this decision withdraws
    issue BIGINT NOT NULL,              -- how often its number was issued before: 0 for the first certificate of a number
    replaces TEXT REFERENCES certificate (id), -- the certificate of the same number whose place it takes
    replaces_as TEXT,                   -- change, renewal, reissue
    copy_of TEXT REFERENCES certificate (id), -- the certificate that this is an annotated copy (加注件) of
    letter TEXT REFERENCES letter (id), -- the letter of authorization that this is, to be filed when it is sealed
    purpose TEXT,                       -- what the copy is for, as it stands on its face
    valid_to TEXT,                      -- the last day of its term; null: it has none
    state TEXT NOT NULL,                -- submitted, refused, sealed (in force), voided, superseded, withdrawn, cancelled, expired
    sealed BLOB,                        -- SHA-256 of the sealed PDF
    sealed_at BIGINT,                   -- when the sealed PDF was released
    CONSTRAINT one_certificate_per_place_in_a_case UNIQUE (matter, position),
    CONSTRAINT certificate_state_is_known
        CHECK (state IN ('submitted', 'refused', 'sealed', 'voided', 'superseded', 'withdrawn', 'cancelled', 'expired')),
    CONSTRAINT sealed_certificates_have_their_pdf
        CHECK (state IN ('submitted', 'refused', 'voided') OR (sealed IS NOT NULL AND sealed_at IS NOT NULL)),
    CONSTRAINT only_a_replacement_bears_a_number_again CHECK ((issue = 0) = (replaces IS NULL)),
    CONSTRAINT a_replacement_says_how CHECK ((replaces IS NULL) = (replaces_as IS NULL)
        AND (replaces_as IS NULL OR replaces_as IN ('change', 'renewal', 'reissue'))),
    CONSTRAINT a_copy_names_purpose_and_end CHECK (copy_of IS NULL OR (purpose <> '' AND purpose IS NOT NULL AND valid_to IS NOT NULL)),
    CONSTRAINT only_what_has_a_term_expires CHECK (state <> 'expired' OR valid_to IS NOT NULL)
);
CREATE UNIQUE INDEX a_number_is_never_used_again ON certificate (item, number, issue) WHERE copy_of IS NULL AND letter IS NULL;
CREATE UNIQUE INDEX a_letter_is_sealed_by_one_document ON certificate (letter) WHERE state NOT IN ('refused', 'voided');
CREATE UNIQUE INDEX one_certificate_in_force_per_number ON certificate (item, number) WHERE state = 'sealed' AND copy_of IS NULL;
CREATE UNIQUE INDEX a_certificate_is_ended_by_one_document_at_a_time ON certificate (COALESCE(withdraws, replaces)) WHERE state = 'submitted';
CREATE INDEX certificate_by_original ON certificate (copy_of);
CREATE INDEX certificate_by_withdrawn ON certificate (withdraws);
CREATE INDEX certificate_by_replaced ON certificate (replaces);
CREATE INDEX certificate_by_last_day ON certificate (valid_to) WHERE state = 'sealed';
CREATE INDEX certificate_by_state ON certificate (state, id);
CREATE INDEX certificate_by_number ON certificate (number);

-- How certificates ended, beside those that a sealed document ended: cancellations (注销).
CREATE TABLE cancellation (
    certificate TEXT NOT NULL CONSTRAINT a_certificate_is_cancelled_once PRIMARY KEY REFERENCES certificate (id),
    ground TEXT NOT NULL,               -- which of the grounds of 行政许可法第七十条, or the holder's wish
    reason TEXT NOT NULL,               -- the facts, and the document they stand in
    staff TEXT NOT NULL REFERENCES staff (id), -- the chief representative who cancelled it
    at BIGINT NOT NULL,
    CONSTRAINT a_cancellation_has_a_ground
        CHECK (ground IN ('holder', 'lapsed', 'deceased', 'dissolved', 'revoked', 'impossible', 'law') AND reason <> '')
);
CREATE INDEX case_by_time ON matter (submitted_at, id);
CREATE INDEX session_by_staff ON session (staff);

-- Uses of seals (用印): one per seal on a document.
CREATE TABLE seal_use (
    id TEXT NOT NULL CONSTRAINT use_id_is_unique PRIMARY KEY,
    certificate TEXT NOT NULL REFERENCES certificate (id),
    position BIGINT NOT NULL,          -- order of the seals on the document, from 0
    department TEXT NOT NULL,           -- whose seal
    kind TEXT NOT NULL,                 -- kind of seal
    item TEXT NOT NULL,                 -- code of the item under which the seal is used
    request BLOB NOT NULL,              -- the request's canonical statement
    request_salt BLOB NOT NULL,         -- its 32-byte salt
    state TEXT NOT NULL,                -- asked, refused, logged, sealed, voided
    seal TEXT REFERENCES seal (id),     -- the seal, once logged
    attributes BLOB,                    -- DER SET OF signed attributes, once logged
    stamped BLOB,                       -- SHA-256 of the stamped PDF with its empty hole, once logged
    signed BLOB,                        -- SHA-256 of this seal's signed revision, once made
    lease_until BIGINT,                 -- a logged use belongs until then to the request that logged it
    CONSTRAINT one_use_per_place_on_a_document UNIQUE (certificate, position),
    CONSTRAINT use_state_is_known CHECK (state IN ('asked', 'refused', 'logged', 'sealed', 'voided')),
    CONSTRAINT logged_uses_can_be_finished CHECK (state IN ('asked', 'refused') OR (seal IS NOT NULL AND attributes IS NOT NULL AND stamped IS NOT NULL))
);
CREATE INDEX use_by_state ON seal_use (state, lease_until);

-- Decisions on a use: what each approver saw and said.
CREATE TABLE approval (
    seal_use TEXT NOT NULL REFERENCES seal_use (id),
    step TEXT NOT NULL,                 -- review, second-review, chief or leader
    decision TEXT NOT NULL,             -- approve or refuse
    staff TEXT NOT NULL REFERENCES staff (id),
    at BIGINT NOT NULL,
    statement BLOB NOT NULL,            -- the canonical statement that was approved
    salt BLOB NOT NULL,                 -- 32 bytes; SHA-256(salt || statement) stands in the ledger
    reasons TEXT NOT NULL,              -- why it was refused; empty for an approval
    asked_by TEXT NOT NULL REFERENCES staff (id), -- who asked for the use, out of the certificate's row
    meeting BLOB,                       -- SHA-256 of the record (PDF) of the meeting that decided
    CONSTRAINT one_decision_per_step PRIMARY KEY (seal_use, step),
    CONSTRAINT nobody_approves_an_own_request CHECK (staff <> asked_by),
    CONSTRAINT nobody_decides_two_steps UNIQUE (seal_use, staff),
    CONSTRAINT step_is_known CHECK (step IN ('review', 'second-review', 'chief', 'leader')),
    CONSTRAINT decision_is_known CHECK (decision IN ('approve', 'refuse'))
);

-- The ledger's entries, in order, without gaps.
CREATE TABLE ledger_entry (
    idx BIGINT NOT NULL CONSTRAINT ledger_index_is_unique PRIMARY KEY, -- leaf index from 0
    kind TEXT NOT NULL,                 -- first word of the entry
    entry BLOB NOT NULL,                -- exact bytes
    leaf BLOB NOT NULL,                 -- SHA-256(00 || entry)
    seal_use TEXT REFERENCES seal_use (id), -- of a seal-use entry
    voids BIGINT CONSTRAINT an_entry_is_voided_once UNIQUE, -- of a seal-void entry: the index voided
    statement BLOB,                     -- of a change of a seal: the statement whose salted digest stands in the entry
    salt BLOB,                          -- its 32-byte salt
    at BIGINT NOT NULL,                 -- when it was committed
    CONSTRAINT one_entry_per_use UNIQUE (seal_use)
);

-- One row: the head of the ledger. Advanced under its row lock by the transaction that appends.
CREATE TABLE ledger_head (
    one BIGINT NOT NULL CONSTRAINT ledger_head_is_one PRIMARY KEY CHECK (one = 1), -- always 1
    size BIGINT NOT NULL,               -- number of entries
    root BLOB NOT NULL                  -- root hash of the tree of that size
);

-- Handing-over (出件).
CREATE TABLE delivery (
    matter TEXT NOT NULL CONSTRAINT a_case_is_delivered_once PRIMARY KEY REFERENCES matter (id),
    receiver TEXT NOT NULL,             -- who received it
    identity TEXT NOT NULL,             -- what identity was shown, masked
    form TEXT NOT NULL,                 -- paper, file or both
    window_no TEXT NOT NULL,
    staff TEXT NOT NULL REFERENCES staff (id),
    at BIGINT NOT NULL,
    CONSTRAINT form_is_known CHECK (form IN ('paper', 'file', 'both'))
);

-- Acts that a rule refused, each with all its reasons: refused and recorded.
CREATE TABLE refused_act (
    id TEXT NOT NULL CONSTRAINT refused_act_id_is_unique PRIMARY KEY,
    act TEXT NOT NULL,                  -- which act
    subject TEXT NOT NULL,              -- case number or certificate
    staff TEXT NOT NULL REFERENCES staff (id),
    codes TEXT NOT NULL,                -- JSON array of the reasons' codes and fields, no personal data
    at BIGINT NOT NULL
);

-- Answers already given to requests with an idempotency key.
CREATE TABLE answered_request (
    staff TEXT NOT NULL REFERENCES staff (id),
    key TEXT NOT NULL,                  -- the Idempotency-Key
    request BLOB NOT NULL,              -- SHA-256 of method, path and body
    status BIGINT NOT NULL,            -- HTTP status answered
    body TEXT NOT NULL,                 -- JSON answered
    at BIGINT NOT NULL,
    CONSTRAINT one_answer_per_key PRIMARY KEY (staff, key)
);

-- What other systems are to be told, in the order it happened.
CREATE TABLE outbox (
    id BIGINT NOT NULL CONSTRAINT outbox_id_is_unique PRIMARY KEY, -- running number
    kind TEXT NOT NULL,                 -- certificate.sealed, .changed, .renewed, .reissued, .withdrawn, .cancelled, .expired
    certificate TEXT NOT NULL REFERENCES certificate (id),
    at BIGINT NOT NULL
);
