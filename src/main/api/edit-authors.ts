/** Which window made which edit, for as long as this process lives. */
export interface EditAuthors {
  note(graph: string, revision: number, client: string): void
  /** The edit is that of another window that is still open: it is not for this one to take back. Edits of windows that are gone are anybody's. */
  isOthers(graph: string, revision: number, client: string): boolean
}

export function createEditAuthors(isConnected: (client: string) => boolean, kept: number): EditAuthors {
  const graphs = new Map<string, Map<number, string>>()
  return {
    note(graph, revision, client) {
      const authors = graphs.get(graph) ?? new Map<number, string>()
      graphs.set(graph, authors.set(revision, client))
      authors.delete(revision - kept)
    },
    isOthers(graph, revision, client) {
      const author = graphs.get(graph)?.get(revision)
      return author !== undefined && author !== client && isConnected(author)
    },
  }
}
