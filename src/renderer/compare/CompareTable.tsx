import { type ReactNode, useMemo } from 'react'
import type { OutputState } from '../../shared/run/fold'
import { useOutput } from '../panels/OutputValue'
import { formatBytes, formatMs, formatNumber, plural } from '../parts/format'
import { Strip } from './Strip'
import type { Compared } from './use-compared'
import { asText, mainOutput, outputOf } from './values'
import { WordDiff } from './WordDiff'
import './compare.css'

/** Runs side by side: what they answered (word by word against the first), what they measured, what they took. */
export function CompareTable({
  runs,
  heads,
  focus,
}: {
  runs: readonly (Compared | undefined)[]
  heads: readonly ReactNode[]
  /** a node whose result is shown before the outputs of the graph */
  focus?: string
}) {
  const there = useMemo(() => runs.flatMap((run) => run ?? []), [runs])
  const inputs = [...new Set(there.flatMap(({ document }) => Object.keys(document.interface.inputs)))]
  const outputs = [...new Set(there.flatMap(({ document }) => Object.keys(document.interface.outputs)))]
  const metrics = [...new Set(there.flatMap(({ state }) => state.metrics.map(({ name }) => name)))]
  const isFed =
    focus !== undefined &&
    there.some(({ document }) => Object.values(document.interface.outputs).some(({ from }) => from?.split('.')[0] === focus))
  return (
    <div className="compare" data-testid="compare-table">
      {there.length > 1 ? <Strip runs={there} /> : null}
      <table className="compare-table">
        <thead>
          <tr>
            <th aria-label="What is compared" />
            {heads.map((head, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
              <th key={i} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {inputs.map((name) => (
            <Row
              key={`@${name}`}
              title={name}
              given
              runs={runs}
              cell={(run) => <WordDiff base={run === there[0] ? undefined : givenText(there[0], name)} text={givenText(run, name)} />}
            />
          ))}
          {focus !== undefined && !isFed ? (
            <TextRow title={focus} runs={runs} pick={(run) => mainOutput(run, focus)} live={(run) => run.state.nodes[focus]?.text} />
          ) : null}
          {outputs.map((name) => (
            <TextRow key={name} title={name} runs={runs} pick={(run) => outputOf(run, name)} live={(run) => liveText(run, name)} />
          ))}
          {metrics.map((name) => (
            <Row key={name} title={name} runs={runs} cell={(run) => metricOf(run, name)} />
          ))}
          <Row title="Time" runs={runs} cell={(run) => <Time run={run} />} />
          <Row title="Tokens" runs={runs} cell={(run) => tokensOf(run)} />
          <Row title="Plan" runs={runs} cell={(run) => planOf(run)} />
          <Row
            title="Peak memory"
            runs={runs}
            cell={(run) => (run.state.totals.peakBytes > 0 ? formatBytes(run.state.totals.peakBytes) : '–')}
          />
          <Row title="Seed" runs={runs} cell={(run) => <span className="mono">{run.card.seed}</span>} />
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly title: string
  readonly runs: readonly (Compared | undefined)[]
  /** an input: what was asked, not what came of it */
  readonly given?: boolean
  cell(run: Compared): ReactNode
}

function Row({ title, runs, cell, given = false }: RowProps) {
  return (
    <tr className={given ? 'is-given' : ''}>
      <th scope="row">
        {given ? <span className="faint">given </span> : null}
        {title}
      </th>
      {runs.map((run, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
        <td key={i}>{run ? cell(run) : <span className="faint">not yet</span>}</td>
      ))}
    </tr>
  )
}

function TextRow({
  title,
  runs,
  pick,
  live,
}: {
  title: string
  runs: readonly (Compared | undefined)[]
  pick: (run: Compared) => OutputState | undefined
  live: (run: Compared) => string | undefined
}) {
  const [first] = runs
  const base = first ? pick(first) : undefined
  const baseData = useOutput(base)
  const baseText = base ? asText(base, baseData) : undefined
  return (
    <Row
      title={title}
      runs={runs}
      cell={(run) => (
        <TextCell output={pick(run)} live={live(run)} base={run === first ? undefined : baseText} failed={run.state.error?.message} />
      )}
    />
  )
}

function TextCell({
  output,
  live,
  base,
  failed,
}: {
  output: OutputState | undefined
  live: string | undefined
  base: string | undefined
  failed: string | undefined
}) {
  const data = useOutput(output)
  if (!output && failed) return <p className="card-error">{failed}</p>
  if (!output) return live ? <div className="word-diff">{live}</div> : <span className="faint">no value</span>
  const text = asText(output, data)
  return (
    <>
      <WordDiff base={base} text={text} isCode={output.kind === 'json'} />
      {base === text ? <span className="chip good">= the same as the first</span> : null}
    </>
  )
}

function givenText(run: Compared | undefined, name: string): string {
  const value = run?.inputs[name]
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}

function liveText(run: Compared, name: string): string | undefined {
  const source = run.document.interface.outputs[name]?.from?.split('.')[0]
  return source === undefined ? undefined : run.state.nodes[source]?.text
}

function metricOf({ state }: Compared, name: string): ReactNode {
  const found = state.metrics.filter((metric) => metric.name === name)
  return found.length === 0 ? '–' : found.map(({ value }) => formatNumber(value)).join(', ')
}

const parts = [
  ['loadMs', 'load'],
  ['promptMs', 'prompt'],
  ['decodeMs', 'decode'],
] as const

function Time({ run }: { run: Compared }) {
  const { totals, t, status } = run.state
  const told = parts.filter(([key]) => totals[key] >= 1).map(([key, name]) => `${name} ${formatMs(totals[key])}`)
  return (
    <>
      {formatMs(status === 'running' ? t : totals.wallMs)}
      {told.length > 0 ? <span className="faint">{` · ${told.join(', ')}`}</span> : null}
    </>
  )
}

function tokensOf({ state }: Compared): string {
  const { tokens, decodeMs } = state.totals
  if (tokens === 0) return '–'
  const rate = decodeMs > 0 ? ` · ${formatNumber(Math.round((tokens * 10_000) / decodeMs) / 10)} tok/s` : ''
  return `${formatNumber(tokens)}${rate}`
}

function planOf({ state }: Compared): string {
  const phases = Object.values(state.nodes).map(({ phase }) => phase)
  const count = (phase: string) => phases.filter((one) => one === phase).length
  const skipped = count('skipped')
  return [`${plural(count('done'), 'node')} ran`, `${count('cached')} from the cache`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(
    ' · ',
  )
}
