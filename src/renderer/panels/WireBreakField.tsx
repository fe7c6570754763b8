import { useStore } from 'zustand'
import type { WireCondition } from '../../shared/run/control'
import { breakOn, setWireBreak } from '../state/control'
import { usePlace, useSession } from '../state/hooks'

const kinds: readonly { readonly is: WireCondition['is']; readonly title: string; readonly takes?: 'text' | 'number' }[] = [
  { is: 'any', title: 'brings a value' },
  { is: 'empty', title: 'is empty' },
  { is: 'contains', title: 'contains', takes: 'text' },
  { is: 'lacks', title: 'does not contain', takes: 'text' },
  { is: 'longer', title: 'is longer than', takes: 'number' },
  { is: 'shorter', title: 'is shorter than', takes: 'number' },
  { is: 'above', title: 'is above', takes: 'number' },
  { is: 'below', title: 'is below', takes: 'number' },
]

/** Pauses a run when what comes on a wire meets a condition. */
export function WireBreakField({ from, to }: { from: string; to: string }) {
  const session = useSession()
  const wire = { from, to, in: usePlace() }
  const found = useStore(session.control, (control) => breakOn(control, wire))
  const when = found?.when
  const takes = kinds.find(({ is }) => is === when?.is)?.takes
  const choose = (is: string): void => {
    const kind = kinds.find((known) => known.is === is)
    const more =
      kind?.takes === 'text' ? { text: 'text' in (when ?? {}) ? (when as { text: string }).text : '…' } : kind?.takes ? { than: 0 } : {}
    setWireBreak(session.control, wire, kind ? ({ is: kind.is, ...more } as WireCondition) : undefined)
  }
  return (
    <fieldset className="wire-break">
      <legend className="param-name">Pause when it</legend>
      <select
        className="field"
        aria-label="Pause when what comes here"
        data-testid="wire-break"
        value={when?.is ?? ''}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">never pauses</option>
        {kinds.map(({ is, title }) => (
          <option key={is} value={is}>
            {title}
          </option>
        ))}
      </select>
      {when && takes === 'text' && 'text' in when ? (
        <input
          className="field"
          aria-label="Text to look for"
          data-testid="wire-break-text"
          value={when.text}
          onChange={(event) => event.target.value !== '' && setWireBreak(session.control, wire, { ...when, text: event.target.value })}
        />
      ) : null}
      {when && takes === 'number' && 'than' in when ? (
        <input
          className="field"
          type="number"
          aria-label="Number to compare with"
          data-testid="wire-break-number"
          value={when.than}
          onChange={(event) =>
            Number.isFinite(event.target.valueAsNumber) &&
            setWireBreak(session.control, wire, { ...when, than: event.target.valueAsNumber })
          }
        />
      ) : null}
    </fieldset>
  )
}
