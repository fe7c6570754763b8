/** Batches: a graph over the rows of a dataset. The queue that does the work is disposable; what was asked and what came of it is here. */
export const sql = `
create table datasets (
  hash text primary key,
  name text not null,
  columns text not null,
  rows integer not null,
  at integer not null
) strict, without rowid;

create table dataset_rows (
  dataset text not null references datasets (hash) on delete cascade,
  row integer not null,
  json text not null,
  primary key (dataset, row)
) strict, without rowid;

create table batches (
  number integer primary key,
  id text not null unique,
  graph text not null,
  graph_name text not null,
  snapshot text not null references snapshots (hash),
  dataset text not null references datasets (hash),
  rows integer not null,
  definition text not null,
  status text not null check (status in ('ready', 'running', 'paused', 'stopped', 'done', 'failed')),
  fence integer references owners (fence),
  created_at integer not null,
  ended_at integer,
  summary text
) strict;
create index batches_by_graph on batches (graph, created_at);

create table batch_outcomes (
  batch integer not null references batches (number) on delete cascade,
  item integer not null,
  status text not null check (status in ('done', 'failed')),
  run text,
  outputs text not null,
  metrics text not null,
  wall_ms integer not null,
  tokens integer not null,
  error text,
  at integer not null,
  primary key (batch, item)
) strict, without rowid;
create trigger batch_outcomes_are_written_once before update on batch_outcomes
  begin select raise(abort, 'a recorded outcome does not change'); end;

alter table runs add column batch text;
create index runs_by_batch on runs (batch) where batch is not null;
`
