import { Download, Search, SkipForward } from 'lucide-react'
import type { TraceOutline, TraceReport } from '../../shared/trace/trace'
import { saveFile } from '../parts/files'
import { formatCount, formatNumber, plural } from '../parts/format'
import { DropMenu } from '../parts/parts'
import { useApp, useShown } from '../state/hooks'
import { toastError } from '../state/view'
import { letterOf, nameOf, traceCsv, traceJson } from './export'
import type { Filter, Summary } from './summary'
import { allLists } from './trace-data'

export interface BarChoices {
  readonly query: string
  readonly filter: Filter
}

interface BarProps {
  readonly node: string
  readonly report: TraceReport
  readonly outline: TraceOutline
  readonly summary: Summary
  readonly other: string | undefined
  readonly others: readonly string[]
  readonly choices: BarChoices
  onChoices(choices: BarChoices): void
  onCompare(node: string): void
  onNext(): void
}

/** The summary line, what the colours mean, search, filter, comparing and export. */
export function TokensBar({ node, report, outline, summary, other, others, choices, onChoices, onCompare, onNext }: BarProps) {
  const app = useApp()
  const nodes = useShown((graph) => graph.nodes)
  const { sources } = outline
  const save = async (form: 'json' | 'csv') => {
    try {
      const lists = await allLists(app.client, report.blob, outline.tokens.length)
      const text = form === 'json' ? traceJson(outline, lists) : traceCsv(outline, lists)
      saveFile(`${node}-tokens.${form}`, text, form === 'json' ? 'application/json' : 'text/csv')
    } catch (error) {
      toastError(app.view, error)
    }
  }
  return (
    <div className="tokens-bar">
      <p className="tokens-summary" data-testid="tokens-summary">
        {summaryWords(summary).map((words) => (
          <span key={words}>{words}</span>
        ))}
        {summary.disagreements.length > 0 ? (
          <button type="button" className="btn quiet small" data-testid="next-disagreement" onClick={onNext}>
            <SkipForward />
            {summary.disagreements.length === 1 ? 'To the disagreement' : `Next of ${summary.disagreements.length} disagreements`}
          </button>
        ) : sources.length > 1 ? (
          <span>favourites always agree</span>
        ) : null}
      </p>
      {sources.length > 1 ? (
        <ul className="tokens-legend" aria-label="Sources">
          {sources.map((source, i) => (
            <li key={letterOf(i)} data-source={Math.min(i, 5)}>
              <span className="token-swatch">
                <b>{letterOf(i)}</b>
              </span>
              {source.role ? `${source.name} · ${source.role}` : source.name}
            </li>
          ))}
          <li className="faint">{`≠ favourites differ${summary.drafted > 0 ? ' · ✓ drafted and accepted · struck out: refused' : ''}`}</li>
        </ul>
      ) : summary.drafted > 0 ? (
        <ul className="tokens-legend" aria-label="Signs">
          <li className="faint">✓ drafted and accepted · struck out: drafted and refused</li>
        </ul>
      ) : null}
      {sources.length > 1 || summary.drafted > 0 ? null : <span className="topbar-space" />}
      <label className="tokens-search">
        <Search aria-hidden />
        <input
          className="field"
          type="search"
          placeholder="Search"
          aria-label="Search in the tokens"
          value={choices.query}
          onChange={(event) => onChoices({ ...choices, query: event.target.value })}
        />
      </label>
      <select
        className="field"
        aria-label="Show which tokens"
        value={choices.filter}
        onChange={(event) => onChoices({ ...choices, filter: event.target.value as Filter })}
      >
        <option value="all">All tokens</option>
        {sources.length > 1 ? <option value="disagree">Sources disagree</option> : null}
        {sources.length > 1
          ? sources.map((_, i) => <option key={letterOf(i)} value={`by-${i}`}>{`Decided by ${nameOf(sources, i)}`}</option>)
          : null}
        {summary.drafted > 0 ? <option value="drafted">Drafted and accepted</option> : null}
        {summary.drafted > 0 ? <option value="rejected">After a refused draft</option> : null}
        <option value="unsure">Unsure (entropy ≥ 1)</option>
      </select>
      {others.length > 0 ? (
        <select className="field" aria-label="Compare with" value={other ?? ''} onChange={(event) => onCompare(event.target.value)}>
          <option value="">Compare with…</option>
          {others.map((id) => (
            <option key={id} value={id}>
              {nodes[id]?.title ?? id}
            </option>
          ))}
        </select>
      ) : null}
      <DropMenu
        label="Export the tokens"
        trigger={
          <button type="button" className="btn quiet icon small" aria-label="Export the tokens">
            <Download />
          </button>
        }
        entries={[
          { id: 'json', label: 'Export as JSON', onSelect: () => void save('json') },
          { id: 'csv', label: 'Export as CSV', onSelect: () => void save('csv') },
        ]}
      />
    </div>
  )
}

/** The figures of a trace as short phrases. */
export function summaryWords(summary: Summary): string[] {
  const { tokens, given, acceptance, accepted, drafted, passes, saved, speedUp, divergence } = summary
  return [
    given > 0 ? `${plural(tokens, 'token')}, ${formatCount(given)} given` : plural(tokens, 'token'),
    ...(acceptance === undefined
      ? []
      : [
          `${Math.round(100 * acceptance)} % of drafts accepted (${formatCount(accepted)} of ${formatCount(drafted)})`,
          `${plural(passes, 'pass', 'passes')}, ${formatCount(saved)} saved: ${formatNumber(Math.round(speedUp * 10) / 10)} tokens a pass`,
        ]),
    ...(divergence === undefined ? [] : [`mean divergence ${formatNumber(Math.round(divergence * 1000) / 1000)} nats`]),
  ]
}
