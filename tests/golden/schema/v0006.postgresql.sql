CREATE TABLE api_tokens (
    name VARCHAR(60) NOT NULL,
    digest VARCHAR(64) NOT NULL,
    plant VARCHAR(40) NOT NULL,
    rights_json TEXT NOT NULL,
    made_at VARCHAR(27) NOT NULL,
    made_by VARCHAR(120) NOT NULL,
    revoked_at VARCHAR(27) NOT NULL,
    CONSTRAINT pk_api_tokens PRIMARY KEY (name),
    CONSTRAINT uq_api_tokens_digest UNIQUE (digest)
)
--
CREATE TABLE backups (
    plant VARCHAR(40) NOT NULL,
    made_at VARCHAR(27) NOT NULL,
    folder TEXT NOT NULL,
    position BIGINT NOT NULL,
    problem TEXT NOT NULL,
    CONSTRAINT pk_backups PRIMARY KEY (plant, made_at)
)
--
CREATE TABLE credentials (
    plant VARCHAR(40) NOT NULL,
    person VARCHAR(120) NOT NULL,
    password TEXT NOT NULL,
    must_change BOOLEAN NOT NULL,
    given_at VARCHAR(27) NOT NULL,
    ends_at VARCHAR(27) NOT NULL,
    CONSTRAINT pk_credentials PRIMARY KEY (plant, person)
)
--
CREATE TABLE devices (
    plant VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    key VARCHAR(64) NOT NULL,
    number_code VARCHAR(2) NOT NULL,
    station_json TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    revoked BOOLEAN NOT NULL,
    enrolled_at VARCHAR(27) NOT NULL,
    last_seen VARCHAR(27) NOT NULL,
    clock_offset_s FLOAT NOT NULL,
    clock VARCHAR(10) NOT NULL,
    pending INTEGER NOT NULL,
    oldest_event_time VARCHAR(27) NOT NULL,
    software VARCHAR(80) NOT NULL,
    CONSTRAINT pk_devices PRIMARY KEY (plant, device),
    CONSTRAINT uq_devices_plant_number_code UNIQUE (plant, number_code)
)
--
CREATE TABLE discrepancies (
    plant VARCHAR(40) NOT NULL,
    id VARCHAR(16) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    key TEXT NOT NULL,
    is_projected BOOLEAN NOT NULL,
    opened_position BIGINT NOT NULL,
    position BIGINT NOT NULL,
    owner VARCHAR(40) NOT NULL,
    opened_at VARCHAR(27) NOT NULL,
    closed_at VARCHAR(27),
    amount BIGINT NOT NULL,
    unit VARCHAR(3) NOT NULL,
    detail_json TEXT NOT NULL,
    due VARCHAR(10) NOT NULL,
    settled_position BIGINT NOT NULL,
    CONSTRAINT pk_discrepancies PRIMARY KEY (plant, id)
)
--
CREATE TABLE events (
    plant VARCHAR(40) NOT NULL,
    position BIGINT NOT NULL,
    device VARCHAR(40) NOT NULL,
    epoch INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    event_id VARCHAR(32) NOT NULL,
    digest VARCHAR(64) NOT NULL,
    type VARCHAR(60) NOT NULL,
    flaw VARCHAR(20) NOT NULL,
    body BYTEA NOT NULL,
    received_at VARCHAR(27) NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (plant, position),
    CONSTRAINT uq_events_plant_device_epoch_sequence UNIQUE (plant, device, epoch, sequence)
)
--
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$; CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--
CREATE TABLE guesses (
    lane VARCHAR(200) NOT NULL,
    failures INTEGER NOT NULL,
    failed_at VARCHAR(27) NOT NULL,
    wait_until VARCHAR(27) NOT NULL,
    CONSTRAINT pk_guesses PRIMARY KEY (lane)
)
--
CREATE TABLE heads (
    plant VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    epoch INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    CONSTRAINT pk_heads PRIMARY KEY (plant, device, epoch)
)
--
CREATE TABLE meta (
    key VARCHAR(40) NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_meta PRIMARY KEY (key)
)
--
CREATE TABLE pins (
    plant VARCHAR(40) NOT NULL,
    person VARCHAR(120) NOT NULL,
    pin TEXT NOT NULL,
    given_at VARCHAR(27) NOT NULL,
    CONSTRAINT pk_pins PRIMARY KEY (plant, person)
)
--
CREATE TABLE plants (
    plant VARCHAR(40) NOT NULL,
    position BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    CONSTRAINT pk_plants PRIMARY KEY (plant)
)
--
CREATE TABLE reference (
    plant VARCHAR(40) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    key VARCHAR(120) NOT NULL,
    body_json TEXT,
    revision BIGINT NOT NULL,
    CONSTRAINT pk_reference PRIMARY KEY (plant, kind, key)
)
--
CREATE TABLE reference_acts (
    plant VARCHAR(40) NOT NULL,
    through_revision BIGINT NOT NULL,
    from_revision BIGINT NOT NULL,
    person VARCHAR(40) NOT NULL,
    at VARCHAR(27) NOT NULL,
    means VARCHAR(12) NOT NULL,
    CONSTRAINT pk_reference_acts PRIMARY KEY (plant, through_revision)
)
--
CREATE TABLE reference_history (
    plant VARCHAR(40) NOT NULL,
    revision BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    key VARCHAR(120) NOT NULL,
    body_json TEXT,
    at_position BIGINT NOT NULL,
    CONSTRAINT pk_reference_history PRIMARY KEY (plant, revision)
)
--
CREATE TABLE safe_heads (
    plant VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    epoch INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    CONSTRAINT pk_safe_heads PRIMARY KEY (plant, device, epoch)
)
--
CREATE TABLE sessions (
    digest VARCHAR(64) NOT NULL,
    plant VARCHAR(40) NOT NULL,
    person VARCHAR(120) NOT NULL,
    begun_at VARCHAR(27) NOT NULL,
    seen_at VARCHAR(27) NOT NULL,
    address VARCHAR(64) NOT NULL,
    browser VARCHAR(200) NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (digest)
)
--
CREATE TABLE withheld (
    plant VARCHAR(40) NOT NULL,
    position BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    CONSTRAINT pk_withheld PRIMARY KEY (plant, position)
)
--
CREATE INDEX ix_discrepancies_plant_closed_at ON discrepancies (plant, closed_at)
--
CREATE INDEX ix_discrepancies_plant_kind_key ON discrepancies (plant, kind, key)
--
CREATE INDEX ix_events_plant_event_id ON events (plant, event_id)
--
CREATE INDEX ix_reference_history_plant_kind_key ON reference_history (plant, kind, key)
--
CREATE INDEX ix_sessions_plant_person ON sessions (plant, person)
--
CREATE UNIQUE INDEX ix_reference_plant_revision ON reference (plant, revision)
--
INSERT INTO meta (key, value) VALUES ('schema_version', '6')
--
INSERT INTO meta (key, value) VALUES ('generation', '1')
