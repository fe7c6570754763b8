/** A version says in words what is new in it and who made it; a person may call the result of a run good or bad. */
export const sql = `
alter table versions add column summary text not null default '';
alter table versions add column author text not null default '';
alter table runs add column verdict text check (verdict in ('good', 'bad'));
`
