import { GitBranch } from 'lucide-react'
import type { OutlineToken, TokenLists, Top, TraceOutline } from '../../shared/trace/trace'
import { formatNumber } from '../parts/format'
import { letterOf, nameOf } from './export'
import { endSign } from './fork'
import { shown } from './rows'

interface DetailProps {
  readonly outline: TraceOutline
  readonly index: number
  readonly lists: TokenLists | undefined
  /** why no branch can begin here with a choice; undefined: it can */
  whyNot(choice: string): string | undefined
  onFork(choice: string): void
  /** the token's number in the text, where the outline is not the text */
  readonly number?: number
  /** the candidate that is marked; else the token */
  readonly chosen?: string
  /** what choosing a candidate does */
  readonly verb?: string
}

/** One token: what the result and each source held likely, how sure and how far apart they were. A candidate, chosen, begins a branch. */
export function TokenDetail({ outline, index, lists, whyNot, onFork, number = index + 1, chosen, verb = 'Fork here with' }: DetailProps) {
  const token = outline.tokens[index]
  if (!token) return null
  const { sources } = outline
  return (
    <section className="token-detail" data-testid="token-detail" aria-label={`Token ${number}`}>
      <header>
        <span className="token-name">{token.text === endSign ? 'end of text' : shown(token.text)}</span>
        <span className="faint">{`token ${number}`}</span>
        <span>{howItCame(token, outline)}</span>
      </header>
      {token.origin === 'prefix' ? null : (
        <dl className="token-facts">
          <Fact name="probability" value={token.logprob === null ? undefined : percent(Math.exp(token.logprob))} />
          <Fact name="entropy" value={token.entropy === null ? undefined : `${formatNumber(round(token.entropy))} nats`} />
          <Fact name="divergence" value={token.divergence === null ? undefined : `${formatNumber(round(token.divergence))} nats`} />
          <Fact name="favourites" value={agreement(token, lists, sources.length)} />
        </dl>
      )}
      {lists && lists.top.length > 0 ? (
        <div className="token-tops">
          <TopList
            title={sources.length > 1 ? 'Result' : (sources[0]?.name ?? 'Result')}
            top={lists.top}
            chosen={chosen ?? token.text}
            verb={verb}
            whyNot={whyNot}
            onFork={onFork}
          />
          {sources.length > 1
            ? sources.map((source, i) => (
                <TopList
                  key={letterOf(i)}
                  source={i}
                  title={source.name}
                  note={[source.role, source.weight === null ? 'weight varies' : `weight ${formatNumber(round(source.weight))}`]
                    .filter(Boolean)
                    .join(' · ')}
                  top={lists.sourceTop[i] ?? []}
                  chosen={chosen ?? token.text}
                  verb={verb}
                  whyNot={whyNot}
                  onFork={onFork}
                />
              ))
            : null}
        </div>
      ) : null}
    </section>
  )
}

const round = (value: number): number => Math.round(value * 1000) / 1000
const percent = (p: number): string =>
  p >= 0.9995 ? '100 %' : p >= 0.1 ? `${(100 * p).toFixed(1)} %` : p >= 0.001 ? `${(100 * p).toFixed(2)} %` : '< 0.1 %'

function howItCame(token: OutlineToken, { sources }: TraceOutline): string {
  if (token.origin === 'prefix') return 'given: the text begins with it'
  const by = sources.length > 1 ? `decided by ${nameOf(sources, token.decidedBy)}` : 'written by the model'
  if (token.origin === 'draft') return `drafted and accepted, ${by}`
  return token.rejected.length > 0 ? `${by}, instead of the drafted “${token.rejected.map(shown).join('')}”` : by
}

function agreement(token: OutlineToken, lists: TokenLists | undefined, sources: number): string | undefined {
  if (sources < 2) return undefined
  if (!token.disagree) return 'agree'
  return (lists?.sourceTop ?? []).flatMap(([first], i) => (first ? [`${letterOf(i)} ${shown(first[0]).trim()}`] : [])).join(', ')
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

interface TopListProps extends Pick<DetailProps, 'whyNot' | 'onFork'> {
  readonly title: string
  readonly note?: string
  readonly source?: number
  readonly top: Top
  readonly chosen: string
  readonly verb: string
}

function TopList({ title, note, source, top, chosen, verb, whyNot, onFork }: TopListProps) {
  return (
    <div className="token-top" data-source={source === undefined ? undefined : Math.min(source, 5)}>
      <h4>
        {source === undefined ? null : <b className="source-letter">{letterOf(source)}</b>}
        <span className="clip">{title}</span>
      </h4>
      <p className="token-note">{note ?? 'what was drawn from'}</p>
      <ol>
        {top.map(([text, p]) => {
          const reason = whyNot(text)
          return (
            <li key={text}>
              <button
                type="button"
                className="candidate"
                aria-current={text === chosen}
                disabled={reason !== undefined}
                title={reason ?? `${verb} this one`}
                onClick={() => onFork(text)}
              >
                <i style={{ transform: `scaleX(${Math.max(0.004, Math.min(1, p))})` }} />
                {reason === undefined ? <span className="sr-only">{`${verb} `}</span> : null}
                <span className="clip">{text === endSign ? 'end of text' : shown(text)}</span>
                <GitBranch aria-hidden />
                <span className="candidate-p">{percent(p)}</span>
                {reason === undefined ? null : <span className="sr-only">{`. ${reason}`}</span>}
              </button>
            </li>
          )
        })}
        {top.length === 0 ? <li className="faint">was not asked</li> : null}
      </ol>
    </div>
  )
}
