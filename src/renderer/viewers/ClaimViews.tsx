import { Check, CircleHelp, FileText, RotateCcw, SlidersHorizontal, X } from 'lucide-react'
import { Popover } from 'radix-ui'
import { type ReactNode, useMemo, useState } from 'react'
import type { Json } from '../../shared/json'
import type { Claim, Verdict } from '../../shared/value'
import { relabel } from '../../shared/verdict'
import { Tip } from '../parts/parts'
import { field } from './preview'
import { claimOf, markClaims } from './verdict-marks'

/** A text with its claims marked; what is known of each is a click away. */
export function TextView({ text, checks: found }: { text: string; checks: readonly (Verdict | Claim)[] }) {
  const { checks, slider } = useThreshold(found)
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
      <VerdictLegend checks={checks}>{slider}</VerdictLegend>
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

function VerdictLegend({ checks, children }: { checks: readonly (Verdict | Claim)[]; children?: ReactNode }) {
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
      {children}
    </p>
  )
}

/** The same checks at a threshold that the person moves: labels change at once, no model is asked again. */
function useThreshold(found: readonly (Verdict | Claim)[]) {
  const [threshold, setThreshold] = useState<number>()
  const [isOpen, setOpen] = useState(false)
  const checks = useMemo(
    () => (threshold === undefined ? found : found.map((check) => ('label' in check ? relabel(check, threshold) : check))),
    [found, threshold],
  )
  if (!found.some((check) => 'label' in check)) return { checks, slider: null }
  const slider = (
    <>
      <Tip text="Try another threshold: claims change colour, nothing runs">
        <button
          type="button"
          className={isOpen ? 'chip is-on nodrag' : 'chip nodrag'}
          aria-expanded={isOpen}
          data-testid="threshold-open"
          onClick={() => setOpen(!isOpen)}
        >
          <SlidersHorizontal aria-hidden /> {threshold === undefined ? 'threshold' : `threshold ${threshold.toFixed(2)}`}
        </button>
      </Tip>
      {isOpen ? (
        <span className="threshold nodrag">
          <input
            type="range"
            min={0}
            max={1}
            step={0.01}
            aria-label="A verdict needs a probability above this"
            data-testid="threshold"
            value={threshold ?? 0.5}
            onChange={(event) => setThreshold(event.target.valueAsNumber)}
          />
          <Tip text="As the run decided">
            <button
              type="button"
              className="btn quiet icon small"
              aria-label="As the run decided"
              disabled={threshold === undefined}
              onClick={() => setThreshold(undefined)}
            >
              <RotateCcw />
            </button>
          </Tip>
        </span>
      ) : null}
    </>
  )
  return { checks, slider }
}

export function ChecksView({ items }: { items: readonly Json[] }) {
  const { checks, slider } = useThreshold(items as unknown as readonly (Verdict | Claim)[])
  if (items.length === 0) return <p className="faint">No claims.</p>
  return (
    <>
      {slider ? <VerdictLegend checks={checks}>{slider}</VerdictLegend> : null}
      <ul className="value-cards">
        {checks.slice(0, 300).map((check) => {
          const item = check as unknown as Json
          const key = field(claimOf(check) as unknown as Json, 'id') || JSON.stringify(item)
          return <li key={key}>{'label' in check ? <EvidenceView verdict={check} /> : field(item, 'text')}</li>
        })}
      </ul>
    </>
  )
}
