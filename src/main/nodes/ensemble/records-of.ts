import { TributaryError } from '../../../shared/errors'
import type { Dataset } from '../../../shared/value'

/** Throws `input-unknown` where a table of past questions lacks the column of questions, or of one of the models. */
export function columnsOfModels({ columns, name }: Dataset, column: string, models: readonly string[]): void {
  const missing = [column, ...models].filter((wanted) => !columns.includes(wanted))
  if (missing.length > 0)
    throw new TributaryError('input-unknown', `The dataset ${name} has no column "${missing[0]}".`, {
      hint: `Its columns are: ${columns.join(', ')}. The router needs the questions and one column for each model.`,
      place: { port: 'records' },
    })
}

/**
 * What `learn` makes of a table is kept as long as the table is: a list of questions is answered one by one over the same table, and learning from it takes longer
 * than answering. `settings` is all else that it depends on. Tables are never changed in place.
 */
export function createLearnt<T>(): (records: Dataset, settings: readonly unknown[], learn: () => T) => T {
  const learnt = new WeakMap<Dataset, { readonly key: string; readonly value: T }>()
  return (records, settings, learn) => {
    const key = JSON.stringify(settings)
    const kept = learnt.get(records)
    if (kept?.key === key) return kept.value
    const value = learn()
    learnt.set(records, { key, value })
    return value
  }
}

/** How good an answer was: a number, yes or no, or a number in a text; null where nothing is said. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** A number for each model by its name, from a setting such as {"large": 1}; others have 0. */
export const numbersByName = (setting: unknown, models: readonly { readonly name: string }[]): number[] =>
  models.map(({ name }) => numberOf((setting as Record<string, unknown> | null)?.[name]) ?? 0)
