import { useStore } from 'zustand'
import { cannotHold, type TokenCondition } from '../../shared/run/token-break'
import { setTokenBreak, tokenBreakOf } from '../state/control'
import { usePlace, useServerModel, useSession } from '../state/hooks'

interface Kind {
  readonly title: string
  readonly first: TokenCondition
}

const kinds: { readonly [K in TokenCondition['is']]: Kind } = {
  any: { title: 'every token', first: { is: 'any' } },
  number: { title: 'the token with this number', first: { is: 'number', at: 1 } },
  token: { title: 'a token that contains', first: { is: 'token', text: ' ' } },
  text: { title: 'the text comes to contain', first: { is: 'text', text: 'because' } },
  unsure: { title: 'a token of high entropy, in nats above', first: { is: 'unsure', above: 1 } },
  disagree: { title: 'a token on which the models differ', first: { is: 'disagree' } },
}

/** Holds what a node writes before a token that meets a condition. */
export function TokenBreakField({ id }: { id: string }) {
  const session = useSession()
  const node = usePlace() + id
  const when = useStore(session.control, (control) => tokenBreakOf(control, node))
  const server = useServerModel(id)
  const set = (next: TokenCondition | undefined) => setTokenBreak(session.control, node, next)
  return (
    <fieldset className="wire-break">
      <legend className="param-name">Pause before</legend>
      <select
        className="field"
        aria-label="Pause before a token"
        data-testid="token-break"
        value={when?.is ?? ''}
        onChange={(event) => set(event.target.value === '' ? undefined : kinds[event.target.value as TokenCondition['is']].first)}
      >
        <option value="">no token</option>
        {Object.entries(kinds).map(([is, { title }]) => (
          <option key={is} value={is}>
            {title}
          </option>
        ))}
      </select>
      <Operand when={when} set={set} />
      {when && server ? <p className="warn-box">{cannotHold(server)}</p> : null}
    </fieldset>
  )
}

function Operand({ when, set }: { when: TokenCondition | undefined; set(next: TokenCondition): void }) {
  if (when === undefined || when.is === 'any' || when.is === 'disagree') return null
  if (when.is === 'token' || when.is === 'text')
    return (
      <input
        className="field"
        aria-label="Text to look for"
        data-testid="token-break-text"
        value={when.text}
        onChange={(event) => event.target.value !== '' && set({ ...when, text: event.target.value })}
      />
    )
  const value = when.is === 'unsure' ? when.above : when.at
  const change = (next: number) => {
    if (when.is === 'unsure' && next >= 0) set({ ...when, above: next })
    if (when.is === 'number' && Number.isInteger(next) && next >= 1) set({ ...when, at: next })
  }
  return (
    <input
      className="field"
      type="number"
      min={when.is === 'unsure' ? 0 : 1}
      step={when.is === 'unsure' ? 0.1 : 1}
      aria-label={when.is === 'unsure' ? 'Entropy in nats' : 'Number of the token'}
      data-testid="token-break-number"
      value={value}
      onChange={(event) => change(event.target.valueAsNumber)}
    />
  )
}
