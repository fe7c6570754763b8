/** Who works on items of batches: one row a process, written while it works. What it wrote last is left behind when it dies. */
export const sql = `
create table workers (
  fence integer primary key,
  kind text not null,
  pid integer not null,
  machine text not null,
  slots integer not null,
  joined_at integer not null,
  seen_at integer not null,
  left_at integer,
  at_work text not null,
  settled text not null
) strict;
`
