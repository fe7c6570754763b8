import { Fragment } from 'react'
import { formulaParts } from '../../shared/formula'
import type { GraphNode } from '../../shared/graph/document'
import { chosenOptions, paramValue } from '../../shared/graph/ports'
import { paramTitle } from '../../shared/names'
import type { NodeSpec, ParamSpec } from '../../shared/node-spec'
import { fedPorts } from '../canvas/card-ports'
import { formatNumber } from '../parts/format'
import { Tip } from '../parts/parts'
import { useApp, useShown } from '../state/hooks'
import { openPanel } from '../state/panels'

/** What the node computes as it is set now: the formula of its method, with the values of its params in it. A click on a value goes to its field. */
export function Formula({ id, node, spec }: { id: string; node: GraphNode; spec: NodeSpec }) {
  const app = useApp()
  const fed = useShown((graph) => fedPorts(graph, id))
  const lines = formulasOf(node, spec).flatMap((formula) => formula.split('\n'))
  if (lines.length === 0) return null
  const goTo = (param: string) => {
    openPanel(app.view, 'inspector', 'params')
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-testid="param-${CSS.escape(param)}"] :is(input, select, textarea)`)?.focus(),
    )
  }
  return (
    <div className="formula" data-testid="formula">
      {lines.map((line) => (
        <p key={line}>
          {formulaParts(line, (param) => paramValue(node, spec, param) === true).map((part, i) => {
            // biome-ignore lint/suspicious/noArrayIndexKey: a formula may name one param twice, and its pieces keep their places
            if ('text' in part) return <Fragment key={i}>{withIndices(part.text)}</Fragment>
            const declared = spec.params[part.param]
            if (!declared) return part.param
            const title = paramTitle(part.param, declared)
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a formula may name one param twice, and its pieces keep their places
              <Tip key={i} text={`${title}: ${declared.summary}`}>
                <button type="button" className="formula-value" onClick={() => goTo(part.param)}>
                  {fed.has(part.param) ? `‹${title}›` : valueText(paramValue(node, spec, part.param), declared)}
                </button>
              </Tip>
            )
          })}
        </p>
      ))}
    </div>
  )
}

/** `θ_i` with the i below. */
const withIndices = (text: string) =>
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text that does not change
  text.split(/_([A-Za-z0-9]+)/).map((piece, i) => (i % 2 === 1 ? <sub key={i}>{piece}</sub> : piece))

/** The node's own, and those of what is chosen among its settings. */
const formulasOf = (node: GraphNode, spec: NodeSpec): string[] => [
  ...(spec.formula === undefined ? [] : [spec.formula]),
  ...chosenOptions(node, spec).flatMap(({ formula }) => formula ?? []),
]

function valueText(value: unknown, param: ParamSpec): string {
  if (typeof value === 'number') return formatNumber(value)
  const perWire = 'perWire' in param ? param.perWire : undefined
  const isEmpty = value === '' || (Array.isArray(value) && value.length === 0)
  if (perWire && isEmpty) return perWire.empty
  if (Array.isArray(value)) return `(${value.map((one) => (typeof one === 'number' ? formatNumber(one) : JSON.stringify(one))).join(', ')})`
  if (typeof value === 'string') return perWire ? `(${value})` : value || '…'
  return JSON.stringify(value ?? null)
}
