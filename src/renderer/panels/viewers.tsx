import { Check, CircleHelp, FileText, X } from 'lucide-react'
import { Popover } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import Markdown from 'react-markdown'
import { isJsonObject, type Json } from '../../shared/json'
import type { Claim, Verdict } from '../../shared/value'
import type { WireKind } from '../../shared/wire'
import { safeMarkdown } from '../canvas/safe-markdown'
import { formatBytes, formatNumber, plural } from '../parts/format'
import { field, summarise } from './preview'
import { claimOf, markClaims } from './verdict-marks'

/** A value, readable. Nothing here trusts the shape of what it shows: values come from models and files. */
export function Viewer({
  kind,
  list,
  data,
  checks = [],
}: {
  kind: WireKind
  list: boolean
  data: Json
  checks?: readonly (Verdict | Claim)[]
}): ReactNode {
  if (list && Array.isArray(data))
    return (
      <ol className="value-list">
        {numbered((data as readonly Json[]).slice(0, 200)).map(({ key, item }) => (
          <li key={key}>
            <Viewer kind={kind} list={false} data={item} />
          </li>
        ))}
      </ol>
    )
  switch (kind) {
    case 'text':
      return <TextView text={typeof data === 'string' ? data : JSON.stringify(data)} checks={checks} />
    case 'messages':
      return <MessagesView items={itemsOf(data)} />
    case 'documents':
      return <DocumentsView items={itemsOf(data)} />
    case 'candidates':
      return <CandidatesView items={itemsOf(data)} />
    case 'claims':
    case 'verdicts':
      return <ChecksView items={itemsOf(data)} />
    case 'scores':
      return <ScoresView items={itemsOf(data)} />
    case 'dataset':
      return <DatasetView data={data} />
    case 'model':
      return <ModelView data={data} />
    case 'number':
    case 'boolean':
      return <p className="value-big">{summarise(kind, false, data)}</p>
    case 'distribution':
    case 'weights':
    case 'drafter':
      return <ExpressionView data={data} />
    default:
      return <JsonView data={data} />
  }
}

/** Values in a list have no identity but their place. */
const numbered = (items: readonly Json[]) => items.map((item, place) => ({ key: `#${place}`, item }))

const itemsOf = (data: Json): readonly Json[] => (Array.isArray(data) ? (data as readonly Json[]) : [])
const numberOf = (item: Json, name: string): number | undefined => {
  const value = isJsonObject(item) ? item[name] : undefined
  return typeof value === 'number' ? value : undefined
}

function TextView({ text, checks }: { text: string; checks: readonly (Verdict | Claim)[] }) {
  const stretches = markClaims(text, checks)
  if (!stretches.some((stretch) => stretch.claim))
    return <div className="value-text">{text === '' ? <span className="faint">(empty text)</span> : text}</div>
  return (
    <div className="value-text">
      {stretches.map((stretch) =>
        stretch.claim ? (
          <MarkedClaim key={stretch.claim.id} text={stretch.text} verdict={stretch.verdict} />
        ) : (
          <span key={`plain-${stretch.text}`}>{stretch.text}</span>
        ),
      )}
      <VerdictLegend checks={checks} />
    </div>
  )
}

const verdictSigns = {
  supported: { icon: <Check />, word: 'supported', tone: 'good' },
  refuted: { icon: <X />, word: 'refuted', tone: 'bad' },
  unknown: { icon: <CircleHelp />, word: 'not settled', tone: 'warn' },
} as const

function MarkedClaim({ text, verdict }: { text: string; verdict: Verdict | undefined }) {
  const sign = verdict ? (verdictSigns[verdict.label] ?? verdictSigns.unknown) : undefined
  if (!verdict || !sign) return <mark className="claim">{text}</mark>
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          className={`claim nodrag ${verdict.label}`}
          data-testid="claim"
          data-verdict={verdict.label}
          aria-label={`${text} — ${sign.word}. Show the evidence.`}
        >
          {text}
          <span className="claim-sign" aria-hidden>
            {sign.icon}
          </span>
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu evidence" sideOffset={6} collisionPadding={12} aria-label="Evidence">
          <EvidenceView verdict={verdict} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function EvidenceView({ verdict }: { verdict: Verdict }) {
  const sign = verdictSigns[verdict.label] ?? verdictSigns.unknown
  const evidence = Array.isArray(verdict.evidence) ? verdict.evidence : []
  return (
    <div className="evidence-body">
      <p className="evidence-head">
        <span className={`chip ${sign.tone}`}>
          {sign.icon}
          {sign.word}
        </span>
        <Entailment values={verdict.entailment} />
      </p>
      <p className="evidence-claim">{verdict.claim.text}</p>
      {evidence.length === 0 ? <p className="faint">No passage speaks to this claim.</p> : null}
      {evidence.slice(0, 6).map((item) => (
        <blockquote key={`${item.document}${item.text.slice(0, 40)}`}>
          <p className="evidence-source">
            <FileText aria-hidden /> {item.title ?? item.document}
            <Entailment values={item.entailment} />
          </p>
          {item.text}
        </blockquote>
      ))}
    </div>
  )
}

/** Three probabilities as one bar: entailed, neutral, contradicted. */
function Entailment({ values }: { values: Verdict['entailment'] | undefined }) {
  if (!values) return null
  const parts = [
    ['entailment', 'supports'],
    ['neutral', 'says nothing'],
    ['contradiction', 'contradicts'],
  ] as const
  const told = parts.map(([key, word]) => `${word} ${Math.round((values[key] ?? 0) * 100)} %`).join(', ')
  return (
    <span className="entailment" role="img" aria-label={told} title={told}>
      {parts.map(([key]) => (
        <i key={key} className={key} style={{ flexGrow: Math.max(0, values[key] ?? 0) }} />
      ))}
    </span>
  )
}

function VerdictLegend({ checks }: { checks: readonly (Verdict | Claim)[] }) {
  const count = (label: string) => checks.filter((item) => 'label' in item && item.label === label).length
  const parts = (['supported', 'refuted', 'unknown'] as const).filter((label) => count(label) > 0)
  return (
    <p className="verdict-legend">
      {parts.map((label) => (
        <span key={label} className={`chip ${verdictSigns[label].tone}`}>
          {verdictSigns[label].icon}
          {`${count(label)} ${verdictSigns[label].word}`}
        </span>
      ))}
    </p>
  )
}

function ChecksView({ items }: { items: readonly Json[] }) {
  if (items.length === 0) return <p className="faint">No claims.</p>
  return (
    <ul className="value-cards">
      {items.slice(0, 300).map((item) => {
        const check = item as unknown as Verdict | Claim
        const key = field(claimOf(check) as unknown as Json, 'id') || JSON.stringify(item)
        return <li key={key}>{'label' in check ? <EvidenceView verdict={check} /> : field(item, 'text')}</li>
      })}
    </ul>
  )
}

function MessagesView({ items }: { items: readonly Json[] }) {
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

function DocumentsView({ items }: { items: readonly Json[] }) {
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

function CandidatesView({ items }: { items: readonly Json[] }) {
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

function ScoresView({ items }: { items: readonly Json[] }) {
  const top = Math.max(...items.map((item) => Math.abs(numberOf(item, 'value') ?? 0)), 1e-9)
  return (
    <table className="value-table">
      <tbody>
        {items.slice(0, 200).map((item) => (
          <tr key={field(item, 'name')}>
            <th scope="row">{field(item, 'name')}</th>
            <td>
              <ScoreBar value={numberOf(item, 'value')} top={top} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function DatasetView({ data }: { data: Json }) {
  if (!isJsonObject(data)) return <JsonView data={data} />
  const columns = itemsOf(data.columns ?? []).map(String)
  const rows = itemsOf(data.rows ?? [])
  return (
    <>
      <p className="value-kicker">{`${field(data, 'name')} · ${plural(rows.length, 'row')}${rows.length > 100 ? ', the first 100 shown' : ''}`}</p>
      <div className="value-scroll">
        <table className="value-table grid">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {numbered(rows.slice(0, 100)).map(({ key, item: row }) => (
              <tr key={key}>
                {columns.map((column) => (
                  <td key={column}>{field(row, column)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function ModelView({ data }: { data: Json }) {
  const size = numberOf(data, 'sizeBytes')
  const facts = [
    ['Name', field(data, 'name')],
    ['Architecture', field(data, 'architecture')],
    ['Size', size === undefined ? '' : formatBytes(size)],
    ['SHA-256', field(data, 'id').slice(0, 16)],
    ['Vocabulary', field(data, 'vocabulary').slice(0, 16)],
  ]
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** An expression as an indented tree: operator, its settings, then what it works on. */
function ExpressionView({ data, depth = 0 }: { data: Json; depth?: number }): ReactNode {
  if (!isJsonObject(data) || depth > 12) return <JsonView data={data} />
  const name = field(data, 'op') || field(data, 'drafter')
  const model = isJsonObject(data.model) ? field(data.model, 'name') : ''
  const params = isJsonObject(data.params) ? Object.entries(data.params).map(([key, value]) => `${key} ${JSON.stringify(value)}`) : []
  const inner = [...Object.values(isJsonObject(data.inputs) ? data.inputs : {}), data.of, data.tuned, data.base, data.models]
    .flatMap((item) => (Array.isArray(item) ? (item as readonly Json[]) : item === undefined ? [] : [item]))
    .map((item) => (isJsonObject(item) && item.weights !== undefined ? item.weights : item))
  return (
    <div className="expression">
      <p>
        <b>{name || 'expression'}</b> {model} <span className="faint">{params.join(' · ')}</span>
      </p>
      {inner.map((item) => (
        <ExpressionView key={JSON.stringify(item)} data={item as Json} depth={depth + 1} />
      ))}
    </div>
  )
}

function JsonView({ data }: { data: Json }) {
  const text = JSON.stringify(data, null, 2)
  return <pre className="value-json">{text.length > 20_000 ? `${text.slice(0, 20_000)}\n…` : text}</pre>
}

/** Long passages fold to some lines. */
function Clamped({ text }: { text: string }) {
  const [open, setOpen] = useState(false)
  const long = text.length > 320
  return (
    <>
      <div className={long && !open ? 'value-text clamped' : 'value-text'}>{text}</div>
      {long ? (
        <button type="button" className="link nodrag" onClick={() => setOpen(!open)}>
          {open ? 'less' : 'more'}
        </button>
      ) : null}
    </>
  )
}

export function MarkdownText({ text }: { text: string }) {
  return (
    <div className="prose">
      <Markdown components={safeMarkdown}>{text}</Markdown>
    </div>
  )
}
