/** Long rows of the log are compressed: the column takes text or bytes (`packed.ts`). Rows from before stay as they are. */
export const sql = `
create table run_log_packed (
  number integer primary key,
  run integer not null references runs (number) on delete cascade,
  first_seq integer not null,
  next_seq integer not null check (next_seq >= first_seq),
  events any not null,
  execs any not null
) strict;
insert into run_log_packed select number, run, first_seq, next_seq, events, execs from run_log;
drop table run_log;
alter table run_log_packed rename to run_log;
create index run_log_by_run on run_log (run, next_seq);
create trigger run_log_are_written_once before update on run_log
  begin select raise(abort, 'a written event does not change'); end;
`
