/** Everything of the first release. All tables are STRICT: a row has the types that its file says. */
export const sql = `
create table owners (
  fence integer primary key autoincrement,
  pid integer not null,
  role text not null,
  started_at integer not null,
  ended_at integer
) strict;

create table graphs (
  id text primary key,
  name text not null,
  document text not null,
  revision integer not null,
  nodes integer not null,
  inputs text not null default '{}',
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;

create table journal (
  graph text not null references graphs (id) on delete cascade,
  revision integer not null,
  label text not null,
  diff text not null,
  at integer not null,
  primary key (graph, revision)
) strict, without rowid;

create table snapshots (
  hash text primary key,
  document text not null,
  at integer not null
) strict;

create table versions (
  graph text not null references graphs (id) on delete cascade,
  version integer not null,
  name text not null,
  automatic integer not null,
  snapshot text not null references snapshots (hash),
  semantic_hash text not null,
  at integer not null,
  primary key (graph, version)
) strict, without rowid;

create table runs (
  number integer primary key,
  id text not null unique,
  graph text not null,
  graph_name text not null,
  snapshot text not null references snapshots (hash),
  inputs text not null,
  options text not null,
  seed integer not null,
  status text not null check (status in ('running', 'done', 'failed', 'stopped')),
  fence integer not null references owners (fence),
  resumes text,
  started_at integer not null,
  ended_at integer,
  exit integer,
  error text,
  outputs text,
  totals text,
  star integer not null default 0,
  tags text not null default '[]',
  note text not null default ''
) strict;
create index runs_by_graph on runs (graph, started_at);
create index runs_running on runs (fence) where status = 'running';
create trigger runs_end_once before update of status, exit, error, outputs, totals, ended_at on runs
  when old.status <> 'running'
  begin select raise(abort, 'a finished run does not change'); end;

create table run_events (
  run integer not null references runs (number) on delete cascade,
  seq integer not null,
  event text not null,
  primary key (run, seq)
) strict, without rowid;
create trigger run_events_are_written_once before update on run_events
  begin select raise(abort, 'a written event does not change'); end;

create table node_exec (
  run integer not null references runs (number) on delete cascade,
  node text not null,
  iteration integer not null,
  attempt integer not null,
  status text not null check (status in ('running', 'done', 'failed', 'stopped')),
  key text,
  outputs text,
  error text,
  primary key (run, node, iteration, attempt)
) strict, without rowid;
create unique index node_exec_done_once on node_exec (run, node, iteration) where status = 'done';
create trigger node_exec_end_once before update on node_exec
  when old.status <> 'running'
  begin select raise(abort, 'a finished node does not change'); end;

create table blobs (
  sha text primary key,
  size integer not null,
  created_at integer not null,
  used_at integer not null
) strict;

create table wire_values (
  sha text primary key,
  kind text not null,
  list integer not null,
  size integer not null,
  json text,
  blob text references blobs (sha),
  mentions text,
  used_at integer not null,
  check ((json is null) <> (blob is null))
) strict;
create index wire_values_by_blob on wire_values (blob) where blob is not null;

create table results (
  key text primary key,
  parts text not null,
  outputs text not null,
  run text not null,
  node text not null,
  created_at integer not null,
  used_at integer not null
) strict;

create table settings (
  name text primary key,
  value text not null,
  updated_at integer not null
) strict, without rowid;

create table resources (
  id text primary key,
  kind text not null check (kind in ('folder', 'file', 'text')),
  name text not null,
  path text not null,
  chosen_at integer not null
) strict, without rowid;

create table models (
  sha256 text primary key,
  path text not null,
  size integer not null,
  modified_ms real not null,
  name text not null,
  catalog text,
  origin text not null,
  facts text not null,
  recipe text,
  added_at integer not null,
  used_at integer
) strict, without rowid;
create index models_by_path on models (path);
create index models_by_catalog on models (catalog) where catalog is not null;

create table measurements (
  model text not null,
  device text not null,
  options text not null,
  load_ms real not null,
  memory_bytes integer not null,
  tokens_per_second real,
  at integer not null,
  primary key (model, device, options)
) strict, without rowid;
`
