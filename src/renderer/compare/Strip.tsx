import { useMemo } from 'react'
import { titleIn } from '../../shared/names'
import {
  firstDifferentNode,
  firstDifferentToken,
  firstDifferentWord,
  type NodeDifference,
  type TokenDifference,
} from '../../shared/run/compare'
import type { OutputState } from '../../shared/run/fold'
import { isTraceReport } from '../../shared/trace/trace'
import { useOutput } from '../panels/OutputValue'
import { useCatalog } from '../state/hooks'
import { useTrace } from '../tokens/trace-data'
import type { Compared } from './use-compared'
import { asText, mainOutput } from './values'

/** Where the runs part: the first node whose results differ, and in its text the first token. */
export function Strip({ runs }: { runs: readonly Compared[] }) {
  const specs = useCatalog((catalog) => catalog.specs)
  const difference = useMemo(() => firstDifferentNode(runs), [runs])
  if (runs.some(({ card }) => card.status === 'running')) return <p className="compare-strip faint">Still running…</p>
  if (!difference)
    return (
      <p className="compare-strip" data-testid="first-difference">
        <span>
          <b>Everything is equal</b>, node by node, to the last byte.
        </span>
      </p>
    )
  const { node } = difference
  const type = runs[0]?.document.nodes[node]?.type
  const spec = type === undefined ? undefined : specs.get(type)
  const traced = runs.every((run) => blobOf(run, node) !== undefined)
  return (
    <div className="compare-strip" data-testid="first-difference">
      <span>
        First node where they differ: <b>{titleOf(runs, node)}</b>,{' '}
        <span>{reasons[difference.why](difference.what.map((name) => titleIn(spec, 'inputs', name)))}</span>
      </span>
      {traced ? <TokenPart key={node} runs={runs} node={node} /> : <WordPart key={node} runs={runs} node={node} />}
    </div>
  )
}

const reasons: Record<NodeDifference['why'], (what: readonly string[]) => string> = {
  settings: (what) => (what.length === 0 ? 'for its settings differ' : `for its ${what.join(', ')} differ${what.length === 1 ? 's' : ''}`),
  wires: () => 'for other wires come into it',
  inputs: (what) => `for it was given another ${what.join(' and ')}`,
  seed: () => 'for its seed differs, all else is equal',
  'model or world': () => 'with equal settings, inputs and seed: its model, or what it reads from outside, is another',
  failed: () => 'which failed in some',
  'not everywhere': () => 'which has a result in some only',
}

function titleOf(runs: readonly Compared[], node: string): string {
  return runs.map(({ document }) => document.nodes[node]?.title).find(Boolean) || node
}

function blobOf(run: Compared, node: string): string | undefined {
  const report = run.state.nodes[node]?.outputs.trace?.preview
  return isTraceReport(report) ? report.blob : undefined
}

/** Up to four runs are compared; hooks are called for four, whatever is there. */
function TokenPart({ runs, node }: { runs: readonly Compared[]; node: string }) {
  const traces = [
    useTrace(runs[0] && blobOf(runs[0], node)),
    useTrace(runs[1] && blobOf(runs[1], node)),
    useTrace(runs[2] && blobOf(runs[2], node)),
    useTrace(runs[3] && blobOf(runs[3], node)),
  ].slice(0, runs.length)
  const outlines = traces.flatMap(({ outline }) => outline ?? [])
  if (outlines.length < runs.length) return null
  return <Parted what="token" difference={firstDifferentToken(outlines)} />
}

function WordPart({ runs, node }: { runs: readonly Compared[]; node: string }) {
  const outputs = runs.map((run) => mainOutput(run, node))
  const texts = [useText(outputs[0]), useText(outputs[1]), useText(outputs[2]), useText(outputs[3])].slice(0, runs.length)
  return <Parted what="word" difference={firstDifferentWord(texts)} />
}

function useText(output: OutputState | undefined): string {
  return asText(output, useOutput(output))
}

function Parted({ what, difference }: { what: string; difference: TokenDifference | undefined }) {
  if (!difference) return null
  const { index, texts, before } = difference
  return (
    <span data-testid="first-token">
      {`First ${what} where they differ: number ${index + 1}, after `}
      <q className="mono">{before === '' ? '(the beginning)' : `…${before.trimStart()}`}</q>{' '}
      {texts.map((text, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a run is known by its place
        <span key={i} className="chip mono">
          {`${i + 1}: ${text === undefined ? '(end)' : text.trim() === '' ? JSON.stringify(text) : text.trim()}`}
        </span>
      ))}
    </span>
  )
}
