import { Lightbulb, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { Tip } from '../parts/parts'
import { dismissHint, type HintId, hintStore } from './hints'
import './hints.css'

/** One sentence beside what it is about. It covers nothing, and is gone for good when it was read. `after`: it waits until that one was read. */
export function Hint({ id, after, children }: { id: HintId; after?: HintId; children: ReactNode }) {
  const seen = useStore(hintStore, (state) => state.seen.has(id) || (after !== undefined && !state.seen.has(after)))
  if (seen) return null
  return (
    <p className="hint" data-testid={`hint-${id}`}>
      <Lightbulb aria-hidden />
      <Tip text={children}>
        <span>{children}</span>
      </Tip>
      <button type="button" className="btn quiet icon small" aria-label="Got it" onClick={() => dismissHint(id)}>
        <X />
      </button>
    </p>
  )
}
