import type { NodeProps } from '@xyflow/react'
import { Copy, LogOut, Maximize2 } from 'lucide-react'
import { memo } from 'react'
import { parseEndpoint } from '../../shared/graph/document'
import type { Phase } from '../../shared/run/fold'
import { wireKinds } from '../../shared/wire'
import { OutputValue, useOutput } from '../panels/OutputValue'
import { Tip } from '../parts/parts'
import { useApp, useNodeRun, useShown } from '../state/hooks'
import { toast } from '../state/view'
import { DiffNote, diffClass, useDiffMark } from '../versions/DiffNote'
import { CardGrip } from './CardGrip'
import type { FlowNode } from './flow-mapping'
import { Port } from './PortRow'
import { sameCard } from './same-card'

/** Why there is no value. */
function nothingYet(isWired: boolean, phase: Phase | undefined): string {
  if (!isWired) return 'Connect a wire here: what arrives is the answer of the graph.'
  if (phase === 'failed' || phase === 'stopped') return 'No value: the last run did not come this far.'
  return 'The value appears here when the graph has run.'
}

/** An output of the graph: the whole value, readable, with each claim marked where the graph checked it. */
export const OutputCard = memo(function OutputCard({ id, selected }: NodeProps<FlowNode>) {
  const app = useApp()
  const name = id.slice(1)
  const declared = useShown((graph) => graph.interface.outputs[name])
  const source = parseEndpoint(declared?.from ?? '')
  const of = useNodeRun(source?.node)
  const output = of?.outputs[source?.port ?? '']
  const streaming = of?.phase === 'running' ? of.text : undefined
  const value = useOutput(output)
  const mark = useDiffMark(id)
  const tall = useShown((graph) => graph.ui.nodes[id]?.height !== undefined)
  if (!declared) return null
  const { family } = wireKinds[declared.type]
  const port = {
    name: '',
    title: name,
    kind: declared.type,
    family,
    list: false,
    summary: declared.doc ?? '',
    open: !declared.from,
    wired: declared.from !== undefined,
    isParam: false,
    missing: false,
  }
  const copy = async () => {
    await navigator.clipboard.writeText(typeof value === 'string' ? value : JSON.stringify(value, null, 2))
    toast(app.view, 'good', 'Copied.')
  }
  return (
    <article
      className={`card end-card out-card ${tall ? 'is-tall' : ''} ${selected ? 'is-selected' : ''} ${diffClass(mark)}`}
      data-family={family}
      data-testid={`node-${id}`}
      aria-label={`Output ${name}`}
    >
      <Port node={id} port={port} side="in" />
      <header className="card-head">
        <span className="card-glyph" aria-hidden>
          <LogOut />
        </span>
        <span className="card-title">{name}</span>
        {output && value !== undefined ? (
          <span className="card-tools">
            <Tip text="Copy the value">
              <button type="button" className="btn quiet icon small nodrag" aria-label="Copy the value" onClick={() => void copy()}>
                <Copy />
              </button>
            </Tip>
            <Tip text="Read it large">
              <button
                type="button"
                className="btn quiet icon small nodrag"
                aria-label="Read it large"
                onClick={() => app.view.setState({ overlay: { type: 'value', title: name, node: source?.node ?? '', output } })}
              >
                <Maximize2 />
              </button>
            </Tip>
          </span>
        ) : (
          <span className="chip">output</span>
        )}
      </header>
      <DiffNote mark={mark} />
      <section
        className="card-body out-body nowheel nodrag"
        data-kind={declared.type}
        data-testid={`value-${id}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long value is scrolled by keys
        tabIndex={0}
        aria-label={`Value of ${name}`}
      >
        {streaming !== undefined && streaming !== '' ? (
          <div className="card-text is-live">
            {streaming}
            <span className="caret" aria-hidden />
          </div>
        ) : output && source ? (
          <OutputValue output={output} node={source.node} />
        ) : (
          <p className="end-doc">{nothingYet(declared.from !== undefined, of?.phase)}</p>
        )}
      </section>
      {selected ? <CardGrip id={id} tall /> : null}
    </article>
  )
}, sameCard)
