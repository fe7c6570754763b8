/**
 * What a person accepted, by its hash: a model that came from a file, a chat template that nobody here knows. The answer outlives the file. Models that had
 * been used before there was a question are accepted.
 */
export const sql = `
create table accepted (
  kind text not null check (kind in ('model', 'template')),
  hash text not null,
  at integer not null,
  primary key (kind, hash)
) strict, without rowid;
insert into accepted select 'model', sha256, used_at from models where used_at is not null;
`
