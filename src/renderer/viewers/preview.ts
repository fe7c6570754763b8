import { uncut } from '../../shared/cut-list'
import { isJsonObject, type Json } from '../../shared/json'
import type { OutputState } from '../../shared/run/fold'
import type { WireKind } from '../../shared/wire'
import { formatNumber, plural } from '../parts/format'
import { describeExpression } from './describe-expression'
import { quantityNames } from './quantity-names'
import { reportLines } from './report'

/** A value in a few words, for cards and lists. Pure; takes whole values and previews alike, and never trusts their shape. */
export function summarise(kind: WireKind, list: boolean, data: Json): string {
  if (list && Array.isArray(data)) return data.map((item) => summarise(kind, false, item as Json)).join('\n')
  switch (kind) {
    case 'text':
      return typeof data === 'string' ? data : JSON.stringify(data)
    case 'number':
      return typeof data === 'number' ? formatNumber(data) : String(data)
    case 'boolean':
      return data === true ? 'yes' : 'no'
    case 'messages':
      return itemsOf(data)
        .map((message) => `${field(message, 'role')}: ${field(message, 'content')}`)
        .join('\n')
    case 'documents':
      return describeList(data, 'passage', (item) => field(item, 'title') || field(item, 'source') || field(item, 'text').slice(0, 80))
    case 'candidates':
      return describeList(data, 'candidate', (item) => field(item, 'text').slice(0, 120))
    case 'claims':
      return describeList(data, 'claim', (item) => field(item, 'text'))
    case 'verdicts':
      return describeVerdicts(data)
    case 'scores':
      return itemsOf(data)
        .map(
          (score) => `${field(score, 'name')} ${isJsonObject(score) && typeof score.value === 'number' ? formatNumber(score.value) : ''}`,
        )
        .join('\n')
    case 'dataset':
      return isJsonObject(data) ? `${field(data, 'name')}: ${plural(uncut(itemsOf(data.rows ?? [])).total, 'row')}` : ''
    case 'model':
      return field(data, 'name')
    case 'index':
      return isJsonObject(data) && typeof data.passages === 'number' ? `${plural(data.passages, 'passage')} indexed` : 'an index'
    case 'distribution':
      return describeExpression(data) || 'how to get the next token'
    case 'weights':
      return describeExpression(data) || 'how to get each tensor'
    case 'statistics':
      return isJsonObject(data)
        ? `${quantityNames(data)} of ${field(data, 'model')}${Number(data.tokens ?? 0) > 0 ? `, ${plural(Number(data.tokens), 'token')}` : ''}`
        : ''
    case 'drafter':
      return isJsonObject(data) ? `drafts by ${field(data, 'drafter')}` : 'a drafter'
    default:
      return typeof data === 'string' ? data : isJsonObject(data) && Object.keys(data).length > 0 ? reportLines(data) : JSON.stringify(data)
  }
}

export const previewText = (outputs: { readonly [port: string]: OutputState }): string => {
  const all = Object.entries(outputs)
  const shown = all.find(([, output]) => output.kind === 'text') ?? all[0]
  return shown ? summarise(shown[1].kind, shown[1].list, shown[1].preview) : ''
}

const itemsOf = (data: Json): readonly Json[] => (Array.isArray(data) ? (data as readonly Json[]) : [])

export function field(item: Json, name: string): string {
  const value = isJsonObject(item) ? item[name] : undefined
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value)
}

function describeList(data: Json, noun: string, describeItem: (item: Json) => string): string {
  const { shown, total } = uncut(itemsOf(data))
  return [plural(total, noun), ...shown.slice(0, 6).map((item) => `· ${describeItem(item)}`)].join('\n')
}

function describeVerdicts(data: Json): string {
  const { shown, total } = uncut(itemsOf(data))
  const count = (label: string) => shown.filter((item) => field(item, 'label') === label).length
  const first = shown.length < total ? `, of the first ${shown.length}` : ''
  return `${plural(total, 'claim')}${first}: ${count('supported')} supported, ${count('refuted')} refuted, ${count('unknown')} unknown`
}
