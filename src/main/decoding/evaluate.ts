import type { Compiled, OperatorNode, PlanNode } from './compile'
import { leavesUnder } from './compile'
import type { DraftTree } from './draft-tree'
import { Consultation } from './judge'
import type { Leaf } from './leaf'
import { idsByPiece, keyOf } from './retokeniser'
import type { Row } from './row'
import type { Runtime } from './source'

/**
 * One round of evaluation: all leaves read the agreed text and the drafted tokens, then the tree is computed at one position after another.
 * Leaves behind a lazy input are read only when an operator asks for them, and then for the whole round at once.
 */
export class Round {
  readonly number: number
  readonly tree: DraftTree
  #path: readonly number[] | undefined
  readonly #compiled: Compiled
  readonly #runtime: Runtime
  readonly #call: Parameters<Runtime['evaluate']>[1]

  constructor(
    compiled: Compiled,
    runtime: Runtime,
    call: Parameters<Runtime['evaluate']>[1],
    { number, tree }: { readonly number: number; readonly tree: DraftTree },
  ) {
    this.#compiled = compiled
    this.#runtime = runtime
    this.number = number
    this.tree = tree
    this.#call = call
  }

  /** The text follows the tree's nodes `path`, one after another. */
  follow(path: readonly number[]): void {
    this.#path = path
    for (const leaf of this.#compiled.leaves) leaf.lookAlong(path)
  }

  /** Reads what every position needs. */
  async begin(): Promise<void> {
    await this.#read(leavesUnder(this.#compiled.root, false))
  }

  /** The scores at a position: 0 after the agreed text, i after i drafted tokens. Valid until the next position is computed. */
  async scores(position: number): Promise<Row> {
    return this.#compute(this.#compiled.root, position)
  }

  /** `token` was emitted at `position`, the one computed last: operators with a memory take note. */
  accept(token: number, position: number): void {
    this.#note(this.#compiled.root, token, position)
  }

  async #read(leaves: readonly Leaf[]): Promise<void> {
    const stale = leaves.filter((leaf, i) => !leaf.isFresh(this.number) && leaves.indexOf(leaf) === i)
    const behind = stale.filter((leaf) => !leaf.skipIfLagging(this.number))
    if (behind.length === 0) return
    const requests = behind.map((leaf) => leaf.request(this.tree, this.number))
    await this.#runtime.evaluate(requests, this.#call)
    for (const leaf of behind) {
      leaf.received(this.tree.size + 1)
      leaf.lookAlong(this.#path)
    }
  }

  async #compute(node: PlanNode, position: number): Promise<Row> {
    if (node.type === 'leaf') return node.leaf.row(position)
    const { spec, work } = node.operator
    for (const [port, input] of Object.entries(node.inputs)) {
      if (input === undefined || spec.inputs[port]?.lazy || spec.inputs[port]?.role) continue
      for (const item of Array.isArray(input) ? input : [input]) if (item.type === 'operator') await this.#compute(item, position)
    }
    const step = { inputs: this.#rows(node, position, []), params: node.params, state: node.state, bridge: node.bridge, advice: undefined }
    const wanted = (work.wants?.(step as never) ?? []) as readonly string[]
    for (const port of wanted) {
      const input = node.inputs[port]
      for (const item of input === undefined ? [] : Array.isArray(input) ? input : [input]) {
        await this.#read(leavesUnder(item, false))
        await this.#compute(item, position)
      }
    }
    const full = wanted.length === 0 ? step : { ...step, inputs: this.#rows(node, position, wanted) }
    const advice = await work.consult?.(full as never, this.#consultation(node))
    work.apply({ ...full, advice } as never, node.out)
    return node.out
  }

  #consultation(node: OperatorNode): Consultation {
    const leafOn = (port: string | undefined): Leaf | undefined => {
      const input = port === undefined ? undefined : node.inputs[port]
      return input !== undefined && 'type' in input && input.type === 'leaf' ? input.leaf : undefined
    }
    const ports = Object.entries(node.operator.spec.inputs)
    const judge = leafOn(ports.find(([, { role }]) => role === 'judge')?.[0])
    if (judge === undefined) throw new Error(`${node.operator.spec.name} consults nobody`)
    const main = leafOn(ports.find(([, { role }]) => role === undefined)?.[0])
    return new Consultation(this.#runtime, this.#call, judge, node.vocabulary, main)
  }

  #note(node: PlanNode, token: number, position: number): void {
    if (node.type === 'leaf') return
    for (const input of Object.values(node.inputs)) {
      for (const item of input === undefined ? [] : Array.isArray(input) ? input : [input]) this.#note(item, token, position)
    }
    const { next } = node.operator.work
    const own = next && this.#inVocabularyOf(node, token)
    if (next === undefined || own === undefined) return
    node.state = next({ inputs: this.#rows(node, position, []), params: node.params, state: node.state, bridge: node.bridge } as never, own)
  }

  /** The token in the node's own vocabulary; undefined where its bytes are no single token there. */
  #inVocabularyOf(node: OperatorNode, token: number): number | undefined {
    const { vocabulary } = this.#compiled
    return node.vocabulary.fingerprint === vocabulary.fingerprint
      ? token
      : idsByPiece(node.vocabulary).get(keyOf(vocabulary.pieceBytes(token)))
  }

  /** Rows of the inputs as the operator sees them; lazy ports only where named. */
  #rows(node: OperatorNode, position: number, wanted: readonly string[]): Record<string, Row | Row[] | undefined> {
    const rows: Record<string, Row | Row[] | undefined> = {}
    for (const [port, input] of Object.entries(node.inputs)) {
      const { lazy, role } = node.operator.spec.inputs[port] ?? {}
      if (input === undefined || role === 'judge' || (lazy && !wanted.includes(port))) continue
      const rowAt = (item: PlanNode): Row => (item.type === 'leaf' ? item.leaf.row(position) : item.out)
      rows[port] = Array.isArray(input) ? input.map(rowAt) : rowAt(input as PlanNode)
    }
    return rows
  }
}
