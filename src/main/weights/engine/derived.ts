import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { DerivedStore } from '../../../shared/derived-store'
import { canonicalJson } from '../../../shared/json'
import { isCombined, type PlanNode } from './plan'
import { TensorKeys } from './tensor-key'

/** Changes whenever what is derived, or how, changes. */
const version = '1'

/** Which tensors something is found out of: those of these nodes, or all of them. */
export type DerivedOf = readonly { readonly node: number; readonly tensor?: number }[]

/**
 * What takes long to find out of weights before anything is merged (orders of units, sums of rows), kept from one compilation to the next: by what decides
 * the numbers it was found of, the SHA-256 of their files included, and by the settings. Results are what JSON can hold.
 */
export class Derived {
  readonly #ids = new Map<string, string>()

  constructor(
    readonly nodes: readonly PlanNode[],
    readonly store: DerivedStore | undefined,
  ) {}

  /** This file belongs to the model of this id; only ids that are a SHA-256 say what is in it. */
  learn(path: string, id: string): void {
    if (/^[0-9a-f]{64}$/.test(id)) this.#ids.set(path, `${id}/${basename(path)}`)
  }

  /** The result that is kept, else a new one. Merges on the way, and files whose content no id tells: always a new one. */
  async once<Result>(what: string, of: DerivedOf, asked: unknown, find: () => Result | Promise<Result>): Promise<Result> {
    const key = this.store && this.#keyOf(what, of, asked)
    if (this.store === undefined || key === undefined) return find()
    const kept = await this.store.read(key)
    // the store has checked these bytes: they are what was written here
    if (kept) return JSON.parse(Buffer.from(kept).toString('utf8')) as Result
    const found = await find()
    await this.store.write(key, Buffer.from(JSON.stringify(found)))
    return found
  }

  #keyOf(what: string, of: DerivedOf, asked: unknown): string | undefined {
    const plan = { nodes: this.nodes, root: 0, blocks: 0 }
    if (of.some(({ node }) => isCombined(plan, node))) return undefined
    let isKnown = true
    const keys = new TensorKeys(plan, (path) => {
      const id = this.#ids.get(path)
      isKnown &&= id !== undefined
      return id ?? path
    })
    const tensors = of.map(({ node, tensor }) =>
      tensor === undefined ? (this.nodes[node]?.tensors ?? []).map((_, index) => keys.of(node, index)) : [keys.of(node, tensor)],
    )
    if (!isKnown) return undefined
    return `weights/${what}/${version}/${createHash('sha256')
      .update(canonicalJson([asked, tensors]))
      .digest('hex')}`
  }
}
