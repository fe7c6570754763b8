import type { Json } from '../../../shared/json'
import type { Verdict } from '../../../shared/value'
import { defineNode } from '../../node-runtime'

const marks = { supported: '✓', refuted: '✗', unknown: '?' } as const

/** An answer with what was found out about each of its claims. */
export default defineNode(
  {
    type: 'answer',
    version: 1,
    title: 'Answer',
    family: 'io',
    summary: 'Shows an answer, each claim marked with its verdict and evidence.',
    help: [
      'Without verdicts the answer passes through as it is. With verdicts each claim is followed by its mark: `✓1` supported by evidence 1, `✗2` contradicted by evidence 2, `?` nothing found.',
      'The evidence follows below, quoted, with the document that it comes from.',
      '',
      '**json** carries the same as data: the answer, its claims with their places in it, verdicts and evidence.',
    ].join('\n'),
    synonyms: ['output', 'result', 'citations', 'footnotes', 'marked', 'report'],
    inputs: {
      answer: { wire: 'text', arity: 'one', summary: 'the answer' },
      verdicts: { wire: 'verdicts', arity: 'optional', summary: 'what was found out about its claims' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the marked answer, in Markdown' },
      plain: { wire: 'text', summary: 'the answer without marks' },
      json: { wire: 'json', title: 'JSON', summary: 'answer, claims, verdicts and evidence as data' },
    },
    params: {
      evidence: { kind: 'boolean', default: true, summary: 'list the evidence below the answer' },
      unsupported: {
        kind: 'choice',
        default: 'mark',
        options: [
          { value: 'mark', title: 'Mark them' },
          { value: 'strike', title: 'Strike them through' },
          { value: 'remove', title: 'Leave them out' },
        ],
        title: 'Claims without support',
        summary: 'what happens to claims that are refuted or unknown',
      },
    },
    effect: 'pure',
    resource: 'cpu',
  },
  ({ inputs: { answer, verdicts }, params }) => {
    const placed = verdicts === undefined ? [] : placeVerdicts(answer, verdicts)
    const notes = new Notes()
    const text = verdicts === undefined ? answer : markAnswer(answer, placed, params.unsupported, notes)
    const list = params.evidence ? notes.list() : ''
    return {
      text: list === '' ? text : `${text.trimEnd()}\n\n${list}`,
      plain: answer,
      json: toJson(answer, verdicts ?? []),
    }
  },
)

interface Placed {
  readonly start: number
  readonly end: number
  readonly verdict: Verdict
}

/** Verdicts at their places in the answer, in order, none inside another; a claim without offsets, or rewritten, stands where its words are found, else at the end. */
export function placeVerdicts(answer: string, verdicts: readonly Verdict[]): Placed[] {
  const placed: Placed[] = []
  for (const verdict of verdicts) {
    const { text, start, end } = verdict.claim
    const found = start === undefined || end === undefined || end > answer.length ? answer.indexOf(text) : start
    if (found === -1) placed.push({ start: answer.length, end: answer.length, verdict })
    else placed.push({ start: found, end: found === start ? end! : found + text.length, verdict })
  }
  return placed.sort((a, b) => a.end - b.end || a.start - b.start)
}

/** Numbers evidence as it comes; the same passage keeps its number. */
class Notes {
  readonly #numbers = new Map<string, { number: number; quote: string; from: string }>()

  numberOf(verdict: Verdict): number | undefined {
    const evidence = verdict.label === 'unknown' ? undefined : verdict.evidence[0]
    if (!evidence) return undefined
    const key = `${evidence.document}\u0000${evidence.text}`
    const known = this.#numbers.get(key)
    if (known) return known.number
    const number = this.#numbers.size + 1
    this.#numbers.set(key, { number, quote: evidence.text, from: evidence.title ?? evidence.document })
    return number
  }

  list(): string {
    return [...this.#numbers.values()].map(({ number, quote, from }) => `[${number}] ${oneLine(from)}: “${oneLine(quote)}”`).join('\n')
  }
}

function markAnswer(answer: string, placed: readonly Placed[], unsupported: 'mark' | 'strike' | 'remove', notes: Notes): string {
  let text = ''
  let at = 0
  for (const { start, end, verdict } of placed) {
    const isSupported = verdict.label === 'supported'
    if (unsupported === 'remove' && !isSupported) {
      text += answer.slice(at, Math.max(at, start))
      at = Math.max(at, end)
      continue
    }
    const claim = answer.slice(Math.max(at, start), end)
    const mark = `[${marks[verdict.label]}${notes.numberOf(verdict) ?? ''}]`
    text += answer.slice(at, Math.max(at, start))
    text += unsupported === 'strike' && !isSupported && claim.trim() !== '' ? `~~${claim}~~ ${mark}` : `${claim} ${mark}`
    at = Math.max(at, end)
  }
  return (text + answer.slice(at)).replace(/[^\S\n]+$/gm, '')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

function toJson(answer: string, verdicts: readonly Verdict[]): Json {
  const counts = { supported: 0, refuted: 0, unknown: 0 }
  for (const { label } of verdicts) counts[label] += 1
  return JSON.parse(JSON.stringify({ answer, counts, verdicts })) as Json
}
