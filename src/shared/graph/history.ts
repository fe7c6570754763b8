import { type Diff, isEmpty, squash } from './diff'

/** An edit as the journal keeps it. */
export interface JournalledEdit {
  readonly revision: number
  readonly label: string
  readonly diff: Diff
  /** epoch milliseconds */
  readonly at: number
}

export interface HistoryStep {
  readonly label: string
  readonly diff: Diff
}

/** Steps that can be taken back, and those that were taken back and can be done again, the next one last. */
export interface History {
  readonly past: readonly HistoryStep[]
  readonly future: readonly HistoryStep[]
}

const undoLabel = 'Undo: '
const redoLabel = 'Redo: '
/** Keystrokes of one field are journalled one by one; so close together, and of one label, they are one step. */
const oneStepMs = 1500

/**
 * The history that led to a document, from its journal (oldest first, ending at `revision`). Edits before a gap in the revisions are left out: what is
 * taken back must fit what is there. So are those of which `isOthers` says that somebody else made them, who is still at it.
 */
export function historyOf(
  edits: readonly JournalledEdit[],
  revision: number,
  isOthers: (edit: JournalledEdit) => boolean = () => false,
): History {
  const past: (HistoryStep & { readonly at: number })[] = []
  let future: HistoryStep[] = []
  for (const { label, diff, at } of unbroken(edits, revision).filter((edit) => !isOthers(edit))) {
    const undone = past.at(-1)
    if (label.startsWith(undoLabel) && undone?.label === label.slice(undoLabel.length)) {
      past.pop()
      future.push(undone)
    } else if (label.startsWith(redoLabel) && future.at(-1)?.label === label.slice(redoLabel.length)) {
      past.push({ ...(future.pop() as HistoryStep), at: 0 })
    } else {
      const last = past.at(-1)
      const joins = future.length === 0 && last?.label === label && at - last.at < oneStepMs
      future = []
      if (joins) past.pop()
      const whole = joins ? squash(last.diff, diff) : diff
      if (!isEmpty(whole)) past.push({ label, diff: whole, at })
    }
  }
  return { past: past.map(({ label, diff }) => ({ label, diff })), future: future.map(({ label, diff }) => ({ label, diff })) }
}

function unbroken(edits: readonly JournalledEdit[], revision: number): readonly JournalledEdit[] {
  let expected = revision
  let from = edits.length
  while (from > 0 && edits[from - 1]?.revision === expected) {
    from--
    expected--
  }
  return edits.slice(from)
}
