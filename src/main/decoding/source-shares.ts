import type { Compiled, OperatorNode, PlanNode } from './compile'
import type { Leaf } from './leaf'

/** What a leaf is to the result. */
export interface Share {
  /** the port of the nearest operator that joins several inputs, numbered where the port takes many; empty for the only source */
  readonly role: string
  /** product of the weights on the way to the result, summed over all ways; null where an operator on the way weighs anew for every token */
  readonly weight: number | null
}

/** The leaves whose rows reach the result (judges do not), with role and weight. Call after operators were prepared. */
export function sharesOf({ root }: Pick<Compiled, 'root'>): ReadonlyMap<Leaf, Share> {
  const shares = new Map<Leaf, Share>()
  visit(root, { role: '', weight: 1 }, shares)
  return shares
}

function visit(node: PlanNode, share: Share, shares: Map<Leaf, Share>): void {
  if (node.type === 'leaf') {
    const before = shares.get(node.leaf)
    shares.set(node.leaf, before === undefined ? share : { role: before.role, weight: sum(before.weight, share.weight) })
    return
  }
  const inputs = inputsOf(node)
  const joins = inputs.reduce((count, [, items]) => count + items.length, 0) > 1
  const own = joins ? node.operator.work.weights?.(weighing(node, inputs) as never) : undefined
  for (const [port, items] of inputs) {
    items.forEach((item, i) => {
      const weight = joins ? (own?.[port]?.[i] ?? null) : 1
      const role = joins ? (items.length > 1 ? `${port} ${i + 1}` : port) : share.role
      visit(item, { role, weight: product(share.weight, weight) }, shares)
    })
  }
}

function weighing(node: OperatorNode, inputs: readonly (readonly [string, readonly PlanNode[]])[]) {
  const counts = Object.fromEntries(inputs.map(([port, items]) => [port, items.length]))
  return { params: node.params, bridge: node.bridge, counts }
}

function inputsOf({ inputs, operator }: OperatorNode): (readonly [string, readonly PlanNode[]])[] {
  return Object.entries(inputs).flatMap(([port, input]) => {
    if (input === undefined || operator.spec.inputs[port]?.role === 'judge') return []
    return [[port, Array.isArray(input) ? (input as readonly PlanNode[]) : [input as PlanNode]] as const]
  })
}

const product = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a * b)
const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)
