-- Electronic supervision (电子监察). Rows of the first three tables follow the records in the ledger.

-- What somebody has to look into: found once, then assigned, answered and closed by people.
CREATE TABLE finding (
    id TEXT NOT NULL CONSTRAINT a_finding_is_found_once PRIMARY KEY, -- digest of rule, subject and period
    rule TEXT NOT NULL,                 -- code of the rule
    subject TEXT NOT NULL,              -- what it is about: case, use, staff, seal, letter with its name; ledger
    period TEXT NOT NULL,               -- the day, month or occasion: found again in another one only
    department TEXT,                    -- department key; null: the hall's own matter
    people TEXT NOT NULL,               -- JSON array of the staff it concerns, who do not answer for themselves
    said TEXT NOT NULL,                 -- what was found, as of then
    found_at BIGINT NOT NULL,           -- when
    state TEXT NOT NULL,                -- open, assigned, answered, closed
    answerer TEXT,                      -- who answers: department key, or - for the hall
    answer_by TEXT,                     -- last day for the answer
    conclusion TEXT,                    -- what came out: upheld, explained
    closed_at BIGINT,                   -- when it was closed
    CONSTRAINT finding_state_is_known CHECK (state IN ('open', 'assigned', 'answered', 'closed')),
    CONSTRAINT conclusion_is_known CHECK (conclusion IN ('upheld', 'explained')),
    CONSTRAINT somebody_answers_a_finding CHECK (state = 'open' OR (answerer IS NOT NULL AND answer_by IS NOT NULL)),
    CONSTRAINT a_finding_is_closed_with_a_conclusion CHECK ((state = 'closed') = (conclusion IS NOT NULL) AND (state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX finding_by_state ON finding (state, found_at);
CREATE INDEX finding_by_time ON finding (found_at, id);

-- What people did with a finding, in order; never changed.
CREATE TABLE finding_step (
    id TEXT NOT NULL CONSTRAINT finding_step_is_unique PRIMARY KEY, -- finding/number
    finding TEXT NOT NULL REFERENCES finding (id), -- which
    number BIGINT NOT NULL,             -- from 1
    act TEXT NOT NULL,                  -- assign, return, answer, close
    staff TEXT NOT NULL REFERENCES staff (id),
    said TEXT NOT NULL,                 -- in their words
    at BIGINT NOT NULL,
    CONSTRAINT one_step_of_a_finding_at_a_time UNIQUE (finding, number),
    CONSTRAINT finding_act_is_known CHECK (act IN ('assign', 'return', 'answer', 'close')),
    CONSTRAINT a_step_says_something CHECK (said <> '')
);

-- Monthly reports (月通报) as filed; made anew, it is another version.
CREATE TABLE monthly_report (
    id TEXT NOT NULL CONSTRAINT one_report_per_version PRIMARY KEY, -- month/version
    month TEXT NOT NULL,                -- YYYY-MM
    version BIGINT NOT NULL,            -- from 1
    figures TEXT NOT NULL,              -- JSON of the figures in it
    document BLOB NOT NULL,             -- SHA-256 of the PDF, which is an object of the store
    staff TEXT NOT NULL REFERENCES staff (id),
    at BIGINT NOT NULL
);

-- How often outsiders asked after a certificate, by day: no more is kept of them.
CREATE TABLE outside_check (
    certificate TEXT NOT NULL REFERENCES certificate (id),
    day TEXT NOT NULL,                  -- the day
    kind TEXT NOT NULL,                 -- lookup: its QR code or number; verify: its file
    count BIGINT NOT NULL,              -- how often
    CONSTRAINT one_count_per_day_and_kind PRIMARY KEY (certificate, day, kind),
    CONSTRAINT check_kind_is_known CHECK (kind IN ('lookup', 'verify'))
);

CREATE INDEX approval_by_time ON approval (at);
CREATE INDEX refused_act_by_time ON refused_act (at);
CREATE INDEX certificate_by_holder ON certificate (holder, item);
