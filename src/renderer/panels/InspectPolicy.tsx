import type { GraphNode } from '../../shared/graph/document'
import { setPolicy } from '../../shared/graph/edit'
import type { Json } from '../../shared/json'
import { portTitle } from '../../shared/names'
import type { NodeSpec } from '../../shared/node-spec'
import { seal } from '../state/document'
import { useDocument, useSession } from '../state/hooks'
import { edit } from '../state/session'

type Policy = NonNullable<GraphNode['policy']>

const answers = [
  ['stop', 'stop the run'],
  ['skip', 'go on without its result'],
  ['default', 'go on with a value set here'],
  ['wire', 'send the error down a wire'],
] as const

/** What becomes of the run when this node fails: how often it is tried again, how long it may take, and what is done in the end. */
export function InspectPolicy({ id, node, spec }: { id: string; node: GraphNode; spec: NodeSpec | undefined }) {
  const session = useSession()
  const readOnly = useDocument((state) => state.readOnly)
  const policy = node.policy ?? {}
  const set = (label: string, next: Policy, merge?: string) =>
    edit(session, label, (document) => setPolicy(document, { node: id, policy: next }), merge)
  const change = (changes: Policy) => set('Change error policy', { ...policy, ...changes })
  const { timeoutMs, ...untimed } = policy
  return (
    <fieldset className="policy" disabled={readOnly}>
      <div className="param">
        <span className="param-name">Then</span>
        <select
          className="field"
          aria-label="When it fails"
          value={policy.onError ?? 'stop'}
          onChange={(event) => change({ onError: event.target.value as (typeof answers)[number][0] })}
        >
          {answers.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </div>
      {policy.onError === 'default' ? <Defaults id={id} spec={spec} policy={policy} set={set} /> : null}
      <div className="param two-columns">
        <label>
          <span className="param-name">Retries</span>
          <input
            className="field number"
            type="number"
            min={0}
            max={10}
            value={policy.retries ?? 0}
            onChange={(event) => change({ retries: Math.max(0, Math.min(10, Math.round(Number(event.target.value) || 0))) })}
          />
        </label>
        <label>
          <span className="param-name">Limit, seconds</span>
          <input
            className="field number"
            type="number"
            min={0}
            placeholder="none"
            value={timeoutMs === undefined ? '' : timeoutMs / 1000}
            onChange={(event) => {
              const seconds = Number(event.target.value)
              set('Change time limit', seconds > 0 ? { ...untimed, timeoutMs: Math.round(seconds * 1000) } : untimed)
            }}
          />
        </label>
      </div>
    </fieldset>
  )
}

interface DefaultsProps {
  readonly id: string
  readonly spec: NodeSpec | undefined
  readonly policy: Policy
  readonly set: (label: string, next: Policy, merge: string) => void
}

/** One field for each output whose value can be written down. An empty field sets none. */
function Defaults({ id, spec, policy, set }: DefaultsProps) {
  const session = useSession()
  const written = Object.entries(spec?.outputs ?? {}).filter(([, { wire }]) => wire === 'text' || wire === 'number')
  if (written.length === 0) return <p className="faint">No output of this node takes a value that is written down.</p>
  const change = (name: string, value: Json | undefined) => {
    const { [name]: _, ...others } = policy.defaults ?? {}
    set('Set fallback', { ...policy, defaults: value === undefined ? others : { ...others, [name]: value } }, `${id}.fallback.${name}`)
  }
  return written.map(([name, port]) => (
    <label className="param" key={name}>
      <span className="param-name">{`In place of ${portTitle(name, port)}`}</span>
      <input
        className="field"
        type={port.wire === 'number' ? 'number' : 'text'}
        data-testid={`fallback-${name}`}
        value={String(policy.defaults?.[name] ?? '')}
        onChange={({ target }) =>
          change(name, target.value === '' ? undefined : port.wire === 'number' ? Number(target.value) : target.value)
        }
        onBlur={() => seal(session.document)}
      />
    </label>
  ))
}
