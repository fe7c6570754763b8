import type { Relation } from './relative'

const [momentum, inertia, tiny, decay] = [0.9, 0.999, 1e-8, 0.01]

/**
 * The scores whose distribution looks to the anchors as `wanted` does: minimises KL(wanted ‖ softmax(z)·R) from `scores` by AdamW (β .9 and .999, decay .01),
 * the rate falling from `rate` to a quarter of it over ten steps along a cosine. scores [n], relations [n], wanted [A] → new [n]. rate 0 or no steps: a copy.
 * Adam moves every score by about the rate in each step, whatever its gradient: the rate, not the loss, says how far from the start the answer lies.
 */
export function searchBack(
  scores: ArrayLike<number>,
  relations: readonly Relation[],
  wanted: Float64Array,
  { steps, rate }: { readonly steps: number; readonly rate: number },
): Float64Array {
  const z = Float64Array.from(scores)
  const [first, second] = [new Float64Array(z.length), new Float64Array(z.length)]
  for (let step = 1; step <= steps; step++) {
    const slope = gradient(z, relations, wanted)
    const now = rate / 4 + ((rate - rate / 4) * (1 + Math.cos((Math.PI * (step - 1)) / 10))) / 2
    for (let v = 0; v < z.length; v++) {
      const g = slope[v] as number
      first[v] = momentum * (first[v] as number) + (1 - momentum) * g
      second[v] = inertia * (second[v] as number) + (1 - inertia) * g * g
      const mean = (first[v] as number) / (1 - momentum ** step)
      const spread = Math.sqrt((second[v] as number) / (1 - inertia ** step))
      z[v] = (z[v] as number) * (1 - now * decay) - (now * mean) / (spread + tiny)
    }
  }
  return z
}

/** of KL(wanted ‖ softmax(z)·R) by z */
function gradient(z: Float64Array, relations: readonly Relation[], wanted: Float64Array): Float64Array {
  const p = softmax(z)
  const seen = relativeOf(p, relations, wanted.length)
  // ∂KL/∂p(v) = −Σ wanted/seen · R(v, ·)
  const pull = relations.map(({ anchors, shares }) => {
    let sum = 0
    for (let i = 0; i < anchors.length; i++) {
      const anchor = anchors[i] as number
      if ((wanted[anchor] as number) > 0) sum += ((wanted[anchor] as number) / (seen[anchor] as number)) * (shares[i] as number)
    }
    return -sum
  })
  const mean = pull.reduce((sum, x, v) => sum + x * (p[v] as number), 0)
  return p.map((share, v) => share * ((pull[v] as number) - mean))
}

export function softmax(z: Float64Array): Float64Array {
  const max = z.reduce((most, x) => Math.max(most, x), -Infinity)
  const weights = z.map((x) => Math.exp(x - max))
  const sum = weights.reduce((total, x) => total + x, 0)
  return weights.map((x) => x / sum)
}

/** Σ p(v) · R(v, ·). → [A] */
export function relativeOf(p: ArrayLike<number>, relations: readonly Relation[], anchors: number): Float64Array {
  const out = new Float64Array(anchors)
  relations.forEach((relation, v) => {
    relation.anchors.forEach((anchor, i) => {
      out[anchor] = (out[anchor] as number) + (p[v] as number) * (relation.shares[i] as number)
    })
  })
  return out
}
