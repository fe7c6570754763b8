import { Plug, RotateCcw } from 'lucide-react'
import type { GraphNode } from '../../shared/graph/document'
import { setBypassed, setMuted, setSeed } from '../../shared/graph/edit'
import { chosenOption, drawsAnything, isParamShown, paramValue, wireOfParam } from '../../shared/graph/ports'
import { paramTitle } from '../../shared/names'
import type { NodeSpec, ParamSpec } from '../../shared/node-spec'
import { wireKinds } from '../../shared/wire'
import { exposedParams, fedPorts } from '../canvas/card-ports'
import { ForkButton } from '../fork/ForkButton'
import { Hint } from '../hints/Hint'
import { asSentence } from '../parts/format'
import { Tip } from '../parts/parts'
import { editParam, exposeParam } from '../state/editing'
import { useCatalog, useDocument, useSession, useShown } from '../state/hooks'
import { edit } from '../state/session'
import { writes } from '../tokens/traced'
import { InspectPolicy } from './InspectPolicy'
import { ParamField } from './ParamField'
import { TokenBreakField } from './TokenBreakField'

/** The form of a node, drawn from its spec: every param with its default, a way back to it, and a way to feed it by a wire. */
export function InspectParams({ id }: { id: string }) {
  const session = useSession()
  const node = useShown((graph) => graph.nodes[id])
  const spec = useCatalog((catalog) => (node ? catalog.specs.get(node.type) : undefined))
  const isWriter = useShown((graph) => writes(graph, id))
  const fed = useShown((graph) => fedPorts(graph, id))
  if (!node) return null
  const params = spec ? Object.entries(spec.params).filter(([, param]) => isParamShown(node, spec, param)) : []
  const plain = params.filter(([, param]) => !param.advanced)
  const advanced = params.filter(([, param]) => param.advanced)
  return (
    <>
      {spec ? (
        <p className="inspector-summary">{spec.summary}</p>
      ) : (
        <p className="inspector-summary">{`The type “${node.type}” is not known here. The node is kept as it is, with its wires.`}</p>
      )}
      {params.length > 0 ? (
        <Hint id="fork" after="run-again">
          The fork beside a name tries several values side by side; what they share runs once.
        </Hint>
      ) : null}
      {plain.map(([name, param]) => (
        <ParamRow key={name} id={id} node={node} spec={spec} name={name} param={param} />
      ))}
      {params.length === 0 && spec ? <p className="faint">This node has nothing to set.</p> : null}
      {spec && drawsAnything(node, spec, fed) ? <SeedRow id={id} node={node} /> : null}
      {advanced.length > 0 ? (
        <details className="more">
          <summary>More</summary>
          {advanced.map(([name, param]) => (
            <ParamRow key={name} id={id} node={node} spec={spec} name={name} param={param} />
          ))}
        </details>
      ) : null}
      {isWriter ? <TokenBreakField id={id} /> : null}
      <details className="more">
        <summary>When it fails</summary>
        <InspectPolicy id={id} node={node} spec={spec} />
      </details>
      <div className="inspector-actions">
        <label>
          <input
            type="checkbox"
            checked={node.muted === true}
            onChange={(event) => edit(session, 'Mute', (document) => setMuted(document, { nodes: [id], muted: event.target.checked }))}
          />{' '}
          Mute
        </label>
        <label>
          <input
            type="checkbox"
            checked={node.bypassed === true}
            onChange={(event) =>
              edit(session, 'Bypass', (document) => setBypassed(document, { nodes: [id], bypassed: event.target.checked }))
            }
          />{' '}
          Bypass
        </label>
      </div>
    </>
  )
}

function ParamRow({
  id,
  node,
  spec,
  name,
  param,
}: {
  id: string
  node: GraphNode
  spec: NodeSpec | undefined
  name: string
  param: ParamSpec
}) {
  const session = useSession()
  const fed = useShown((graph) => fedPorts(graph, id).has(name))
  const exposed = useShown((graph) => exposedParams(graph.ui.nodes[id]).includes(name))
  const readOnly = useDocument((state) => state.readOnly)
  const wire = wireOfParam(param)
  const title = paramTitle(name, param)
  const chosen = spec && !fed ? chosenOption(node, spec, name) : undefined
  const isSet = Object.hasOwn(node.params, name) && JSON.stringify(node.params[name]) !== JSON.stringify(param.default)
  return (
    <div className="param" data-testid={`param-${name}`}>
      <div className="param-head">
        <span className="param-name">{title}</span>
        {isSet ? (
          <Tip text={`Back to the default: ${describeDefault(param)}`}>
            <button
              type="button"
              className="btn quiet icon small"
              aria-label={`Reset ${title}`}
              disabled={readOnly}
              onClick={() => editParam(session, id, name, undefined)}
            >
              <RotateCcw />
            </button>
          </Tip>
        ) : null}
        {spec && !fed ? <ForkButton id={id} node={node} spec={spec} name={name} /> : null}
        {wire ? (
          <Tip
            text={
              fed
                ? 'A wire feeds this param.'
                : exposed
                  ? 'Hide the port'
                  : `Feed by a wire: shows a ${wireKinds[wire].title} port on the card`
            }
          >
            <button
              type="button"
              className="btn quiet icon small"
              aria-label={`Feed ${title} by a wire`}
              aria-pressed={fed || exposed}
              disabled={readOnly || fed}
              onClick={() => exposeParam(session, id, name, title, !exposed)}
            >
              <Plug />
            </button>
          </Tip>
        ) : null}
      </div>
      {fed ? (
        <p className="fed">fed by a wire</p>
      ) : spec ? (
        <ParamField node={id} name={name} param={param} value={paramValue(node, spec, name)} />
      ) : null}
      <p className="param-summary">
        {asSentence(param.summary)}
        {chosen?.summary ? (
          <>
            {' '}
            <b>{chosen.title}</b>: {asSentence(chosen.summary)}
          </>
        ) : null}
      </p>
    </div>
  )
}

const describeDefault = (param: ParamSpec): string =>
  param.kind === 'choice'
    ? (param.options.find((option) => option.value === param.default)?.title ?? param.default)
    : param.default === null
      ? 'none'
      : JSON.stringify(param.default).slice(0, 60)

function SeedRow({ id, node }: { id: string; node: GraphNode }) {
  const session = useSession()
  const mode = node.seed === undefined ? 'run' : node.seed === null ? 'fresh' : 'fixed'
  const set = (seed: number | null | undefined) => edit(session, 'Change seed', (document) => setSeed(document, { node: id, seed }))
  return (
    <div className="param" data-testid="param-seed">
      <div className="param-head">
        <span className="param-name">Seed</span>
      </div>
      <div className="seed-row">
        <select
          className="field"
          aria-label="Seed"
          value={mode}
          onChange={(event) => set(event.target.value === 'run' ? undefined : event.target.value === 'fresh' ? null : 1)}
        >
          <option value="run">the run's own</option>
          <option value="fresh">a fresh one each run</option>
          <option value="fixed">always this</option>
        </select>
        {mode === 'fixed' ? (
          <input
            className="field number"
            aria-label="Seed, a number"
            inputMode="numeric"
            value={String(node.seed)}
            onChange={(event) => {
              const seed = Number(event.target.value)
              if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff) set(seed)
            }}
          />
        ) : null}
      </div>
      <p className="param-summary">Equal seeds, inputs and models give equal results.</p>
    </div>
  )
}
