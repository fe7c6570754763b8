/**
 * Long lists in the log stand by column (`columns.ts`). Rows from before are read as they are, so nothing is changed; but a version that knows only those must not
 * open what this one writes.
 */
export const sql = 'select 1;'
