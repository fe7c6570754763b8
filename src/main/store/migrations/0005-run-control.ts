/** Breakpoints and pinned values of each graph: a draft of the person, like the values typed into its inputs, and no part of the document. */
export const sql = `alter table graphs add column control text not null default '{}';`
