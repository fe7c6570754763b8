/** Searches minimise a loss over a box of numbers. They are seeded, never ask twice for the same rounded point, and stop at their budget. */
export interface Space {
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** where to begin; neutral: the middle */
  readonly start?: readonly number[]
}

export interface SearchOptions {
  /** most evaluations */
  readonly budget: number
  readonly seed: number
  /** stops when the best loss is at or below this */
  readonly target?: number
  /** stops after so many evaluations without a better one; neutral: never */
  readonly patience?: number
}

export interface Evaluation {
  readonly point: readonly number[]
  readonly loss: number
}

export interface Found {
  readonly best: Evaluation
  /** in the order they were asked, each point once */
  readonly evaluations: readonly Evaluation[]
}

/** NaN counts as the worst loss: a candidate that cannot be judged is rejected, not fatal. */
export type Objective = (point: readonly number[]) => number | Promise<number>

export type Search = (space: Space, objective: Objective, options: SearchOptions) => Promise<Found>

/** Counts, remembers and stops: what all searches share. `ask` throws `Spent` when the budget is used up or the target is reached. */
export class Ledger {
  readonly evaluations: Evaluation[] = []
  private readonly known = new Map<string, number>()
  private best = Infinity
  private since = 0
  private readonly objective: Objective
  private readonly options: SearchOptions

  constructor(objective: Objective, options: SearchOptions) {
    this.objective = objective
    this.options = options
  }

  async ask(point: readonly number[]): Promise<number> {
    const key = keyOf(point)
    const standing = this.known.get(key)
    if (standing !== undefined) return standing
    if (this.evaluations.length >= this.options.budget) throw new Spent()
    const value = await this.objective(point)
    const loss = Number.isNaN(value) ? Infinity : value
    this.known.set(key, loss)
    this.evaluations.push({ point: [...point], loss })
    if (loss < this.best) [this.best, this.since] = [loss, 0]
    else this.since++
    if (loss <= (this.options.target ?? -Infinity) || this.since >= (this.options.patience ?? Infinity)) throw new Spent()
    return loss
  }

  has(point: readonly number[]): boolean {
    return this.known.has(keyOf(point))
  }

  /** Runs `steps` until it ends or everything is spent; gives the first of the best. */
  async run(steps: () => Promise<void>): Promise<Found> {
    try {
      await steps()
    } catch (error) {
      if (!(error instanceof Spent)) throw error
    }
    const [first] = this.evaluations
    if (first === undefined) throw new RangeError('a search needs a budget of at least one evaluation')
    return { best: this.evaluations.reduce((best, one) => (one.loss < best.loss ? one : best), first), evaluations: this.evaluations }
  }
}

class Spent extends Error {}

const keyOf = (point: readonly number[]): string => point.map((value) => Math.round(value * 1e9)).join()

export const middleOf = ({ low, high, start }: Space): number[] =>
  start ? [...start] : low.map((value, i) => (value + (high[i] as number)) / 2)

export const clampTo = (point: readonly number[], { low, high }: Space): number[] =>
  point.map((value, i) => Math.min(high[i] as number, Math.max(low[i] as number, value)))

/** Uniform and normal draws from a seed (a 32-bit mixing generator; searches need no more). */
export function randomOf(seed: number): { uniform(): number; normal(): number } {
  let state = (seed ^ 0x9e3779b9) >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) }
}
