import { createStore } from 'zustand/vanilla'
import { TributaryError } from '../../shared/errors'
import { apply } from '../../shared/graph/apply'
import { type Diff, isEmpty, squash } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import type { Client } from '../api/client'

/**
 * Every edit is journalled by the house as it is made. One message is under way at a time; what is done meanwhile waits as one change.
 * When another window was faster, its document is fetched and what waits here is laid on top of it.
 */
export interface SaveState {
  readonly revision: number
  readonly status: 'saved' | 'saving' | 'failed'
  readonly message?: string | undefined
}

export interface Autosave {
  readonly store: ReturnType<typeof createSaveStore>
  save(diff: Diff, label: string): void
  /** another window's edit: taken over if nothing waits here */
  hear(change: { readonly revision: number; readonly diff: Diff }): void
  retry(): void
  /** resolves when nothing waits any more; rejects when saving failed */
  settled(): Promise<void>
}

export interface AutosaveOptions {
  readonly client: Pick<Client, 'call'>
  readonly id: string
  readonly revision: number
  /** the document as another window left it, our waiting changes included */
  onRebased(document: GraphDocument, kept: boolean): void
  onForeign(diff: Diff): void
}

const createSaveStore = (revision: number) => createStore<SaveState>(() => ({ revision, status: 'saved' }))

export function createAutosave({ client, id, revision, onRebased, onForeign }: AutosaveOptions): Autosave {
  const store = createSaveStore(revision)
  let waiting: { diff: Diff; label: string } | undefined
  let under: { diff: Diff; label: string } | undefined
  /** the newest revision of another window that came while an edit of our own was under way */
  let missed = revision
  let idle: { resolve: () => void; reject: (error: unknown) => void }[] = []

  function save(diff: Diff, label: string) {
    waiting = waiting ? { diff: squash(waiting.diff, diff), label } : { diff, label }
    store.setState({ status: 'saving', message: undefined })
    if (!under) void drain()
  }

  async function drain(): Promise<void> {
    while (waiting) {
      under = waiting
      waiting = undefined
      try {
        if (!isEmpty(under.diff)) {
          const { revision } = await client.call('graphs.apply', { id, revision: store.getState().revision, ...under })
          store.setState({ revision })
        }
      } catch (error) {
        const lost = under
        under = undefined
        if (error instanceof TributaryError && error.code === 'graph-conflict') {
          if (await rebase(lost)) continue
        } else fail(lost, error)
        return
      }
      under = undefined
    }
    if (missed > store.getState().revision) await catchUp()
    store.setState({ status: 'saved', message: undefined })
    for (const { resolve } of idle.splice(0)) resolve()
  }

  function fail(lost: { diff: Diff; label: string }, error: unknown) {
    waiting = { diff: waiting ? squash(lost.diff, waiting.diff) : lost.diff, label: lost.label }
    store.setState({ status: 'failed', message: error instanceof Error ? error.message : String(error) })
    for (const { reject } of idle.splice(0)) reject(error)
  }

  async function rebase(lost: { diff: Diff; label: string }): Promise<boolean> {
    const ours = waiting ? squash(lost.diff, waiting.diff) : lost.diff
    try {
      const opened = await client.call('graphs.open', { id })
      waiting = { diff: ours, label: lost.label }
      store.setState({ revision: opened.revision })
      onRebased(apply(opened.document, ours), true)
      return true
    } catch (error) {
      fail(lost, error)
      return false
    }
  }

  /** Another window's edit came after ours, and was not taken over then. */
  async function catchUp(): Promise<void> {
    const opened = await client.call('graphs.open', { id }).catch(() => undefined)
    if (!opened || waiting) return
    store.setState({ revision: opened.revision })
    onRebased(opened.document, false)
  }

  return {
    store,
    save,
    hear(change) {
      // With an edit of our own under way the house will answer with a conflict, and that path lays ours on top.
      if (change.revision <= store.getState().revision) return
      if (under || waiting) {
        missed = Math.max(missed, change.revision)
        return
      }
      store.setState({ revision: change.revision })
      onForeign(change.diff)
    },
    retry() {
      if (!under && waiting) {
        store.setState({ status: 'saving' })
        void drain()
      }
    },
    settled() {
      if (!under && !waiting) return Promise.resolve()
      return new Promise((resolve, reject) => {
        idle = [...idle, { resolve, reject }]
        if (!under) void drain()
      })
    },
  }
}
