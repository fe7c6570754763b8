import { createHash } from 'node:crypto'
import type { Json } from '../../../shared/json'
import { type CombineNode, type Place, type Plan, type PlanNode, partsOf } from './plan'
import { settingOf } from './setting-of'

/**
 * What decides the numbers of a tensor, as a hash: two plans over the same files that give it the same key give it the same numbers. Settings count as they
 * are for this tensor, so a schedule that moves one part of the layers changes the keys of that part alone.
 */
export class TensorKeys {
  readonly #plan: Plan
  readonly #nameOf: (path: string) => string
  readonly #known = new Map<string, string>()

  /** `nameOf`: what a file counts as; neutral: its path */
  constructor(plan: Plan, nameOf: (path: string) => string = (path) => path) {
    this.#plan = plan
    this.#nameOf = nameOf
  }

  of(node: number, tensor: number): string {
    const name = `${node}/${tensor}`
    const standing = this.#known.get(name)
    if (standing !== undefined) return standing
    const at = this.#plan.nodes[node] as PlanNode
    const parts = partsOf(at, tensor).map((part) => this.of(part.node, part.tensor))
    const key = hashOf([at.op, at.kind, at.tensors[tensor], this.#own(at, node, tensor), parts])
    this.#known.set(name, key)
    return key
  }

  #own(at: PlanNode, node: number, tensor: number): unknown {
    switch (at.op) {
      case 'load':
        return placeKey(at.places[tensor] as Place, this.#nameOf)
      case 'delta':
        return null
      case 'combine':
        return this.#combine(at, node, tensor)
      case 'stack': {
        const { factor = 1, plus = 0 } = at.from[tensor] ?? {}
        return [factor, plus]
      }
      case 'permute':
        return at.orders[tensor] ?? null
      case 'mix':
        return at.mixtures[tensor] ?? null
      case 'zip':
        return at.groups[tensor] ?? null
      case 'rows':
        return at.rows[tensor] ?? null
      default:
        return at satisfies never
    }
  }

  #combine(at: CombineNode, node: number, tensor: number): unknown {
    const { method, setting } = settingOf(this.#plan, at, tensor)
    const wider = method.passes?.(setting).some(({ scope }) => scope !== 'tensor') ?? false
    const models = at.models.map(({ label, statistics }) => [label, statistics ?? null])
    const own = [
      at.catalog,
      at.method,
      setting.params,
      setting.perModel,
      models,
      at.baseStatistics ?? null,
      at.dropsUnfit ?? false,
      at.seed,
    ]
    return wider ? [own, this.#whole(at, node)] : own
  }

  /** Where something is measured over several tensors, all of them decide each. */
  #whole(at: CombineNode, node: number): string {
    const name = `${node}/all`
    const standing = this.#known.get(name)
    if (standing !== undefined) return standing
    const each = at.tensors.map((_, tensor) => [
      settingOf(this.#plan, at, tensor).setting.perModel,
      partsOf(at, tensor).map((part) => this.of(part.node, part.tensor)),
    ])
    const key = hashOf([at.params as Json, each])
    this.#known.set(name, key)
    return key
  }
}

/** What decides the bytes of a tensor that is copied from a file. */
export const placeKey = (
  { path, offset, type, byteLength, plus = 0, numbers }: Place,
  nameOf: (path: string) => string = (same) => same,
): string => hashOf([nameOf(path), offset, type, byteLength, plus, numbers ? [...numbers] : null])

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')
