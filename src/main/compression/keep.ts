import type { Document } from '../../shared/value'
import type { Unit } from './method'
import { percentile } from './percentile'

/**
 * Which units stay: protected ones and those of unknown value first, then by value, greatest first and equal ones by place, as long as they fit the budget of tokens.
 * Returns a mask in the order of the units. A budget below what must stay keeps exactly that.
 */
export function keepWithin(units: readonly Unit[], budget: number, isProtected: (unit: Unit) => boolean): boolean[] {
  const kept = units.map((unit) => isProtected(unit) || Number.isNaN(unit.value))
  let left = budget - units.reduce((sum, unit, index) => sum + (kept[index] ? unit.tokens : 0), 0)
  const order = units.map((_, index) => index).filter((index) => !kept[index])
  order.sort((a, b) => units[b]!.value - units[a]!.value || a - b)
  for (const index of order) {
    if (units[index]!.tokens > left) continue
    kept[index] = true
    left -= units[index]!.tokens
  }
  return kept
}

/** The rule of Selective-Context (Li 2023, arXiv:2304.12102): units below the percentile of `reduce` go, so ties stay; `reduce` 1 keeps the greatest only. */
export function keepAbovePercentile(values: readonly number[], reduce: number): boolean[] {
  if (values.every(Number.isNaN)) return values.map(() => true)
  const threshold = percentile(values, 100 * reduce)
  return values.map((value) => !(value < threshold))
}

/** The rule of LLMLingua (Jiang et al. 2023, arXiv:2310.05736) for one segment: what is strictly above the n·ratio-th greatest stays; ratio 1 keeps all. */
export function keepAboveRank(values: readonly number[], ratio: number): boolean[] {
  if (ratio >= 1) return values.map(() => true)
  const sorted = [...values].sort((a, b) => b - a)
  const threshold = sorted[Math.max(0, Math.min(values.length - 1, Math.floor(values.length * ratio) - 1))]!
  return values.map((value) => Number.isNaN(value) || value > threshold)
}

/**
 * A document made of its kept units: neighbours keep what stood between them, across a gap one blank (or line break, where the gap had one) remains.
 * undefined: nothing of it stays.
 */
export function joinKept(document: Document, units: readonly Unit[], kept: readonly boolean[]): Document | undefined {
  let text = ''
  let before: number | undefined
  for (const [index, unit] of units.entries()) {
    if (!kept[index]) continue
    if (before !== undefined) {
      const gap = document.text.slice(units[before]!.end, unit.start)
      text += before === index - 1 ? gap : gap.includes('\n') ? '\n' : ' '
    }
    text += document.text.slice(unit.start, unit.end)
    before = index
  }
  return before === undefined ? undefined : { ...document, text }
}
