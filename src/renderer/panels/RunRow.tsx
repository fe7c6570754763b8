import { AlertTriangle, Check, Hand, Loader, Square, Star } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RunCard } from '../../shared/api'
import { nameInWords } from '../../shared/names'
import { formatAgo, formatBytes, formatCount, formatMs } from '../parts/format'
import { Tip } from '../parts/parts'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'

const signs: Record<RunCard['status'], { readonly icon: ReactNode; readonly tone: string }> = {
  done: { icon: <Check />, tone: 'good' },
  failed: { icon: <AlertTriangle />, tone: 'bad' },
  stopped: { icon: <Square />, tone: 'warn' },
  running: { icon: <Loader className="spin" />, tone: 'live' },
}

/** One run in a table: when, how it went, what it answered, what it cost. */
export function RunRow({
  card,
  isShown,
  showGraph,
  isMarked,
  onMark,
  onSelect,
  onOpen,
  onChange,
}: {
  card: RunCard
  isShown: boolean
  showGraph: boolean
  /** with `onMark`: a box to choose it for a comparison */
  isMarked?: boolean
  onMark?(): void
  onSelect?(): void
  onOpen(): void
  onChange(): void
}) {
  const app = useApp()
  const sign = signs[card.status]
  const answer = card.error?.message ?? (card.outputs.map((output) => output.preview).join(' · ') || 'no answer')
  const mark = () => app.client.call('runs.mark', { run: card.id, star: !card.star }).then(onChange, (error) => toastError(app.view, error))
  return (
    <tr className={isShown ? 'run-row is-selected' : 'run-row'} data-testid={`run-${card.id}`}>
      {onMark ? (
        <td>
          <input type="checkbox" aria-label="Mark to compare" checked={isMarked ?? false} onChange={onMark} />
        </td>
      ) : null}
      <td>
        <button
          type="button"
          className="btn quiet icon small"
          aria-pressed={card.star}
          aria-label={card.star ? 'Take the star away' : 'Star this run'}
          onClick={mark}
        >
          <Star className={card.star ? 'is-starred' : ''} />
        </button>
      </td>
      <td>
        <span className={`chip ${sign.tone}`}>
          {sign.icon}
          {card.status}
        </span>
        <ByHand card={card} />
        {card.verdict ? <span className={`chip ${card.verdict}`}>{card.verdict === 'good' ? '✓ good' : '✗ bad'}</span> : null}
      </td>
      {showGraph ? <td className="clip">{card.graphName || 'Untitled'}</td> : null}
      <td title={new Date(card.startedAt).toLocaleString()}>{formatAgo(card.startedAt, Date.now())}</td>
      <td className="number">{formatMs(card.wallMs)}</td>
      <td className="number">{card.tokens > 0 ? formatCount(card.tokens) : '–'}</td>
      <td className="number">{card.peakBytes > 0 ? formatBytes(card.peakBytes) : '–'}</td>
      <td className="clip wide">
        <div className="run-told">
          {card.variant ? (
            <span className="chip">{`${card.variant.label}: ${nameInWords(card.variant.param)} = ${JSON.stringify(card.variant.value)}`}</span>
          ) : null}
          {card.tags.map((tag) => (
            <span key={tag} className="chip">{`#${tag}`}</span>
          ))}
          {onSelect ? (
            <button type="button" className="run-answer" aria-expanded={isShown} onClick={onSelect}>
              {answer}
            </button>
          ) : (
            <span>{answer}</span>
          )}
        </div>
      </td>
      <td>
        <button type="button" className="btn small" onClick={onOpen}>
          Open as of then
        </button>
      </td>
    </tr>
  )
}

/** What a person did to it on its way: its answer is not what the graph alone gives, or its time is not that of the work. */
function ByHand({ card: { pinned, guided, held } }: { card: RunCard }) {
  const told = [
    ...(pinned.length > 0 ? [`pinned by hand: ${pinned.join(', ')}`] : []),
    ...(guided.length > 0 ? [`tokens chosen by hand: ${guided.join(', ')}`] : []),
    ...(held > 0 ? [`held ${held === 1 ? 'once' : `${held} times`} at a breakpoint or step by step`] : []),
  ]
  if (told.length === 0) return null
  const isAltered = pinned.length + guided.length > 0
  return (
    <Tip text={`${told.join('; ')}`}>
      <span className={isAltered ? 'chip warn' : 'chip'} data-testid="by-hand" role="img" aria-label={told.join('; ')}>
        <Hand aria-hidden />
        {isAltered ? 'by hand' : 'held'}
      </span>
    </Tip>
  )
}

export function RunHead({ showGraph, markable = false }: { showGraph: boolean; markable?: boolean }) {
  return (
    <thead>
      <tr>
        {markable ? <th scope="col" aria-label="Compare" /> : null}
        <th scope="col" aria-label="Star" />
        <th scope="col">How</th>
        {showGraph ? <th scope="col">Graph</th> : null}
        <th scope="col">When</th>
        <th scope="col" className="number">
          Time
        </th>
        <th scope="col" className="number">
          Tokens
        </th>
        <th scope="col" className="number">
          Peak
        </th>
        <th scope="col">Answer</th>
        <th scope="col" aria-label="Open" />
      </tr>
    </thead>
  )
}
