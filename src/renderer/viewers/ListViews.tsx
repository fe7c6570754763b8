import { FileText } from 'lucide-react'
import type { Json } from '../../shared/json'
import { formatNumber, plural } from '../parts/format'
import { Clamped } from './Clamped'
import { numberOf } from './items'
import { field } from './preview'

export function MessagesView({ items }: { items: readonly Json[] }) {
  return (
    <ul className="value-cards">
      {items.slice(0, 200).map((item) => (
        <li key={JSON.stringify(item)}>
          <p className="value-kicker">{field(item, 'role')}</p>
          <div className="value-text">{field(item, 'content')}</div>
        </li>
      ))}
    </ul>
  )
}

export function DocumentsView({ items }: { items: readonly Json[] }) {
  const top = Math.max(...items.map((item) => numberOf(item, 'score') ?? 0), 1e-9)
  return (
    <>
      <p className="value-kicker">{plural(items.length, 'passage')}</p>
      <ul className="value-cards">
        {items.slice(0, 100).map((item) => (
          <li key={`${field(item, 'id')}${field(item, 'start')}`}>
            <p className="value-kicker with-bar">
              <FileText aria-hidden />
              <span>{field(item, 'title') || field(item, 'source') || field(item, 'id')}</span>
              <ScoreBar value={numberOf(item, 'score')} top={top} />
            </p>
            <Clamped text={field(item, 'text')} />
          </li>
        ))}
      </ul>
    </>
  )
}

export function CandidatesView({ items }: { items: readonly Json[] }) {
  const scores = items.map((item) => numberOf(item, 'score')).filter((score): score is number => score !== undefined)
  const [low, high] = [Math.min(...scores, 0), Math.max(...scores, 1e-9)]
  return (
    <ol className="value-cards ranked">
      {items.slice(0, 100).map((item, i) => (
        <li key={`${field(item, 'source')}${field(item, 'text')}`}>
          <p className="value-kicker with-bar">
            <span className="rank-number">{numberOf(item, 'rank') ?? i + 1}</span>
            <span>{field(item, 'source') || 'candidate'}</span>
            <ScoreBar value={numberOf(item, 'score')} top={high} bottom={low} />
          </p>
          <Clamped text={field(item, 'text')} />
        </li>
      ))}
    </ol>
  )
}

function ScoreBar({ value, top, bottom = 0 }: { value: number | undefined; top: number; bottom?: number }) {
  if (value === undefined) return null
  const share = top > bottom ? (value - bottom) / (top - bottom) : 1
  return (
    <span className="score-bar" title={`score ${formatNumber(value)}`}>
      <i style={{ transform: `scaleX(${Math.max(0.02, Math.min(1, share))})` }} />
      <b>{formatNumber(value)}</b>
    </span>
  )
}

/** Bars only where all scores count the same: a loss and a number of tokens have no common length. */
export function ScoresView({ items }: { items: readonly Json[] }) {
  const isAlike = new Set(items.map((item) => field(item, 'unit'))).size === 1
  const top = Math.max(...items.map((item) => Math.abs(numberOf(item, 'value') ?? 0)), 1e-9)
  return (
    <table className="value-table">
      <tbody>
        {items.slice(0, 200).map((item) => (
          <tr key={field(item, 'name')}>
            <th scope="row">
              {field(item, 'name')}
              {field(item, 'says') ? <small className="score-says">{field(item, 'says')}</small> : null}
            </th>
            <td>
              {isAlike ? (
                <ScoreBar value={numberOf(item, 'value')} top={top} />
              ) : (
                <>
                  {formatNumber(numberOf(item, 'value') ?? Number.NaN)} <span className="faint">{field(item, 'unit')}</span>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
