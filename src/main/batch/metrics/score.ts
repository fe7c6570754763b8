import { isJsonObject, type Json } from '../../../shared/json'
import { defineMetric } from '../metric'

export default defineMetric({
  kind: 'score',
  title: 'Score by the graph',
  summary: 'a number that the graph itself gives: the output of a judge, a likelihood, a share of supported claims',
  needs: { output: true, expected: false },
  better: 'higher',
  unit: 'number',
  options: { name: { kind: 'text', default: '', summary: 'which of several named scores; empty: the first' } },
  measure: ({ output, options }) => numberIn(output, String(options.name ?? '')),
})

/** A number, a truth (1 or 0), the named (or first) score of a list, a member of an object, or a text that is a number. */
function numberIn(value: Json | undefined, name: string): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'string') return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null
  if (Array.isArray(value)) {
    const items = value as readonly Json[]
    const item = name === '' ? items[0] : items.find((one) => isJsonObject(one) && one.name === name)
    if (isJsonObject(item)) return numberIn(item.value ?? item.score, '')
    return typeof item === 'object' ? null : numberIn(item, '')
  }
  if (isJsonObject(value) && name !== '' && Object.hasOwn(value, name))
    return typeof value[name] === 'object' ? null : numberIn(value[name], '')
  return null
}
