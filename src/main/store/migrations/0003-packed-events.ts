/**
 * The log of a run is packed: one row for each commit, with its events and with what became of nodes. A node costs a share of a row instead of several
 * rows and index entries of its own.
 */
export const sql = `
create table run_log (
  number integer primary key,
  run integer not null references runs (number) on delete cascade,
  first_seq integer not null,
  next_seq integer not null check (next_seq >= first_seq),
  events text not null,
  execs text not null
) strict;
create index run_log_by_run on run_log (run, next_seq);

insert into run_log (run, first_seq, next_seq, events, execs)
  select r.number,
    0,
    coalesce((select max(e.seq) + 1 from run_events as e where e.run = r.number), 0),
    coalesce((select json_group_array(json(e.event) order by e.seq) from run_events as e where e.run = r.number), '[]'),
    coalesce((select json_group_array(json_patch('{}', json_object(
        'node', x.node, 'iteration', x.iteration, 'attempt', x.attempt, 'status', x.status,
        'key', x.key, 'outputs', json(x.outputs), 'error', json(x.error)))
      order by x.node, x.iteration, x.attempt) from node_exec as x where x.run = r.number), '[]')
  from runs as r;

drop table run_events;
drop table node_exec;

create trigger run_log_are_written_once before update on run_log
  begin select raise(abort, 'a written event does not change'); end;
`
