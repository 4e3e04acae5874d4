CREATE TABLE meta (
    "key" VARCHAR(40) NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_meta PRIMARY KEY ("key")
)
--
CREATE TABLE plants (
    plant VARCHAR(40) NOT NULL,
    position BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    CONSTRAINT pk_plants PRIMARY KEY (plant)
)
--
CREATE TABLE devices (
    plant VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    "key" VARCHAR(64) NOT NULL,
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
CREATE TABLE heads (
    plant VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    epoch INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    CONSTRAINT pk_heads PRIMARY KEY (plant, device, epoch)
)
--
CREATE TABLE reference (
    plant VARCHAR(40) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    body_json TEXT,
    revision BIGINT NOT NULL,
    CONSTRAINT pk_reference PRIMARY KEY (plant, kind, "key")
)
--
CREATE UNIQUE INDEX ix_reference_plant_revision ON reference (plant, revision)
--
CREATE TABLE reference_history (
    plant VARCHAR(40) NOT NULL,
    revision BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    body_json TEXT,
    at_position BIGINT NOT NULL,
    CONSTRAINT pk_reference_history PRIMARY KEY (plant, revision)
)
--
CREATE INDEX ix_reference_history_plant_kind_key ON reference_history (plant, kind, "key")
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
    body BLOB NOT NULL,
    received_at VARCHAR(27) NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (plant, position),
    CONSTRAINT uq_events_plant_device_epoch_sequence UNIQUE (plant, device, epoch, sequence)
)
--
CREATE INDEX ix_events_plant_event_id ON events (plant, event_id)
--
CREATE TRIGGER events_refuse_update BEFORE update ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
--
CREATE TRIGGER events_refuse_delete BEFORE delete ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
--
CREATE TABLE cursors (
    plant VARCHAR(40) NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_cursors PRIMARY KEY (plant)
)
--
CREATE TABLE dispositions (
    plant VARCHAR(40) NOT NULL,
    position BIGINT NOT NULL,
    device VARCHAR(40) NOT NULL,
    epoch INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    event_id VARCHAR(32) NOT NULL,
    state VARCHAR(24) NOT NULL,
    code VARCHAR(40) NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_dispositions PRIMARY KEY (plant, position)
)
--
CREATE INDEX ix_dispositions_plant_device_position ON dispositions (plant, device, position)
--
CREATE TABLE balances (
    plant VARCHAR(40) NOT NULL,
    place VARCHAR(120) NOT NULL,
    item VARCHAR(120) NOT NULL,
    lot VARCHAR(120) NOT NULL,
    handling_unit VARCHAR(120) NOT NULL,
    grade VARCHAR(40) NOT NULL,
    owner VARCHAR(120) NOT NULL,
    unit VARCHAR(3) NOT NULL,
    second_unit VARCHAR(3) NOT NULL,
    value BIGINT NOT NULL,
    second BIGINT NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_balances PRIMARY KEY (plant, place, item, lot, handling_unit, grade, owner, unit, second_unit)
)
 WITHOUT ROWID
--
CREATE INDEX ix_balances_plant_position ON balances (plant, position)
--
CREATE INDEX ix_balances_plant_item ON balances (plant, item)
--
CREATE INDEX ix_balances_plant_handling_unit ON balances (plant, handling_unit) WHERE handling_unit <> ''
--
CREATE TABLE place_totals (
    plant VARCHAR(40) NOT NULL,
    place VARCHAR(120) NOT NULL,
    unit VARCHAR(3) NOT NULL,
    value BIGINT NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_place_totals PRIMARY KEY (plant, place, unit)
)
 WITHOUT ROWID
--
CREATE TABLE movements (
    plant VARCHAR(40) NOT NULL,
    position BIGINT NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR(120) NOT NULL,
    target VARCHAR(120) NOT NULL,
    item VARCHAR(120) NOT NULL,
    lot VARCHAR(120) NOT NULL,
    handling_unit VARCHAR(120) NOT NULL,
    grade VARCHAR(40) NOT NULL,
    owner VARCHAR(120) NOT NULL,
    unit VARCHAR(3) NOT NULL,
    value BIGINT NOT NULL,
    second_unit VARCHAR(3) NOT NULL,
    second BIGINT NOT NULL,
    CONSTRAINT pk_movements PRIMARY KEY (plant, position, number)
)
 WITHOUT ROWID
--
CREATE INDEX ix_movements_plant_item_position ON movements (plant, item, position)
--
CREATE TABLE documents (
    plant VARCHAR(40) NOT NULL,
    number VARCHAR(80) NOT NULL,
    device VARCHAR(40) NOT NULL,
    type VARCHAR(20) NOT NULL,
    status VARCHAR(12) NOT NULL,
    header_json TEXT NOT NULL,
    partner VARCHAR(120) NOT NULL,
    "plan" VARCHAR(120) NOT NULL,
    lines INTEGER NOT NULL,
    operator VARCHAR(40) NOT NULL,
    approver VARCHAR(40) NOT NULL,
    opened_at VARCHAR(27) NOT NULL,
    last_at VARCHAR(27) NOT NULL,
    opened_position BIGINT NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (plant, number, device)
)
 WITHOUT ROWID
--
CREATE INDEX ix_documents_plant_opened_position ON documents (plant, opened_position)
--
CREATE TABLE document_lines (
    plant VARCHAR(40) NOT NULL,
    number VARCHAR(80) NOT NULL,
    device VARCHAR(40) NOT NULL,
    line INTEGER NOT NULL,
    item VARCHAR(120) NOT NULL,
    lot VARCHAR(120) NOT NULL,
    handling_unit VARCHAR(120) NOT NULL,
    unit VARCHAR(3) NOT NULL,
    value BIGINT NOT NULL,
    values_json TEXT NOT NULL,
    "plan" VARCHAR(120) NOT NULL,
    plan_line INTEGER NOT NULL,
    event_id VARCHAR(32) NOT NULL,
    operator VARCHAR(40) NOT NULL,
    event_time VARCHAR(27) NOT NULL,
    position BIGINT NOT NULL,
    reversed_position BIGINT NOT NULL,
    hour VARCHAR(13) NOT NULL,
    CONSTRAINT pk_document_lines PRIMARY KEY (plant, number, device, line)
)
 WITHOUT ROWID
--
CREATE TABLE plan_progress (
    plant VARCHAR(40) NOT NULL,
    number VARCHAR(120) NOT NULL,
    line INTEGER NOT NULL,
    unit VARCHAR(3) NOT NULL,
    done BIGINT NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_plan_progress PRIMARY KEY (plant, number, line, unit)
)
 WITHOUT ROWID
--
CREATE INDEX ix_plan_progress_plant_position ON plan_progress (plant, position)
--
CREATE TABLE arrivals (
    plant VARCHAR(40) NOT NULL,
    hour VARCHAR(13) NOT NULL,
    unit VARCHAR(3) NOT NULL,
    lines INTEGER NOT NULL,
    value BIGINT NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_arrivals PRIMARY KEY (plant, hour, unit)
)
 WITHOUT ROWID
--
CREATE TABLE kiosks (
    plant VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    operator VARCHAR(40) NOT NULL,
    document VARCHAR(80) NOT NULL,
    document_type VARCHAR(20) NOT NULL,
    last_scan_at VARCHAR(27) NOT NULL,
    last_event_at VARCHAR(27) NOT NULL,
    started_at VARCHAR(27) NOT NULL,
    software VARCHAR(80) NOT NULL,
    refusals INTEGER NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_kiosks PRIMARY KEY (plant, device)
)
--
CREATE TABLE kiosk_parts (
    plant VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    part VARCHAR(120) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    state VARCHAR(40) NOT NULL,
    detail TEXT NOT NULL,
    event_time VARCHAR(27) NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_kiosk_parts PRIMARY KEY (plant, device, part)
)
--
CREATE TABLE labels (
    plant VARCHAR(40) NOT NULL,
    job VARCHAR(80) NOT NULL,
    state VARCHAR(12) NOT NULL,
    device VARCHAR(40) NOT NULL,
    template VARCHAR(80) NOT NULL,
    serial VARCHAR(120) NOT NULL,
    document VARCHAR(80) NOT NULL,
    printer VARCHAR(80) NOT NULL,
    copies INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    requested_at VARCHAR(27) NOT NULL,
    requested_position BIGINT NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_labels PRIMARY KEY (plant, job)
)
 WITHOUT ROWID
--
CREATE INDEX ix_labels_plant_serial ON labels (plant, serial)
--
CREATE TABLE discrepancies (
    plant VARCHAR(40) NOT NULL,
    id VARCHAR(16) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    "key" TEXT NOT NULL,
    is_projected BOOLEAN NOT NULL,
    opened_position BIGINT NOT NULL,
    position BIGINT NOT NULL,
    owner VARCHAR(40) NOT NULL,
    opened_at VARCHAR(27) NOT NULL,
    closed_at VARCHAR(27),
    amount BIGINT NOT NULL,
    unit VARCHAR(3) NOT NULL,
    detail_json TEXT NOT NULL,
    CONSTRAINT pk_discrepancies PRIMARY KEY (plant, id)
)
--
CREATE INDEX ix_discrepancies_plant_closed_at ON discrepancies (plant, closed_at)
--
CREATE INDEX ix_discrepancies_plant_kind_key ON discrepancies (plant, kind, "key")
--
INSERT INTO meta (key, value) VALUES ('schema_version', '1'), ('generation', '1')
