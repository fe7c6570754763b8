import { type Attended, attend, attendBack, rotate } from './attention'
import { addSlopes, multiply } from './matrix'
import type { LlamaShape } from './shape'

/** Weights by tensor name; matrices row by row as in the file. Each is asked for when its turn comes, so that few need be held. */
export type Weights = Pick<ReadonlyMap<string, Float32Array>, 'get' | 'has'>

/** Who is told the slopes of the loss, each tensor's once a text. */
export interface Slopes {
  /** of a matrix of rows of n: dyᵀ·x, with more for single rows; x [T × n], dy [T × rows] */
  product(name: string, x: Float32Array, n: number, dy: Float32Array, more?: ReadonlyMap<number, Float32Array>): void
  /** of a tensor whose other rows have none */
  rows(name: string, rows: ReadonlyMap<number, Float32Array>): void
}

/** One pass. What happens inside a block is computed again on the way back, so that only what flows between blocks is held. All [T × …]. */
export interface Pass {
  readonly tokens: readonly number[]
  /** what flows into each block */
  readonly inflows: readonly Float32Array[]
  readonly last: Normed
  /** [T × vocabulary] */
  readonly logits: Float32Array
}

interface Normed {
  readonly x: Float32Array
  /** 1 / root mean square of each row */
  readonly inverse: Float64Array
  readonly out: Float32Array
}

interface BlockPass {
  readonly before: Normed
  readonly attended: Attended
  readonly middle: Normed
  readonly gate: Float32Array
  readonly up: Float32Array
  readonly hidden: Float32Array
}

/** Slopes of a mask of ones on each head and each hidden unit of each block: Σ over tokens of slope · value. */
export interface MaskSlopes {
  /** [heads] a block */
  readonly heads: readonly Float64Array[]
  /** [hidden units] a block */
  readonly units: readonly Float64Array[]
}

/**
 * A network of the Llama architecture in plain float32, forward and backward: exact gradients for models that are small enough.
 * RMS norms, rotated attention with grouped keys, gated SiLU; the head may be tied to the embedding. Touvron et al. 2023, arXiv:2302.13971.
 */
export class Llama {
  constructor(
    readonly shape: LlamaShape,
    readonly weights: Weights,
  ) {}

  forward(tokens: readonly number[]): Pass {
    const { width, blocks } = this.shape
    let x = new Float32Array(tokens.length * width)
    const embedding = this.of('token_embd.weight')
    for (const [t, token] of tokens.entries()) x.set(embedding.subarray(token * width, (token + 1) * width), t * width)
    const inflows: Float32Array[] = []
    for (let b = 0; b < blocks; b++) {
      inflows.push(x)
      x = this.#block(b, x).out
    }
    const last = this.#norm(x, 'output_norm.weight')
    return { tokens, inflows, last, logits: multiply(this.of(this.#head), last.out, width) }
  }

  /** Tells the slopes of the loss, from those of the logits. */
  backward({ tokens, inflows, last }: Pass, logits: Float32Array, slopes: Slopes): MaskSlopes {
    const { width } = this.shape
    const masks = { heads: [] as Float64Array[], units: [] as Float64Array[] }
    const normed = new Float32Array(last.out.length)
    addSlopes(this.of(this.#head), width, logits, normed)
    let dx = new Float32Array(normed.length)
    this.#normBack(last, 'output_norm.weight', normed, dx, slopes)
    for (let b = inflows.length - 1; b >= 0; b--)
      dx = this.#blockBack(b, this.#block(b, inflows[b] as Float32Array).pass, dx, slopes, masks)
    const embedded = new Map<number, Float32Array>()
    for (const [t, token] of tokens.entries()) {
      const row = embedded.get(token)
      const more = dx.subarray(t * width, (t + 1) * width)
      embedded.set(token, row ? sum(row, more) : more)
    }
    const isTied = this.#head === 'token_embd.weight'
    slopes.product(this.#head, last.out, width, logits, isTied ? embedded : undefined)
    if (!isTied) slopes.rows('token_embd.weight', embedded)
    return { heads: masks.heads.reverse(), units: masks.units.reverse() }
  }

  of(name: string): Float32Array {
    const found = this.weights.get(name)
    if (found === undefined) throw new Error(`the network has no tensor ${name}`)
    return found
  }

  get #head(): string {
    return this.weights.has('output.weight') ? 'output.weight' : 'token_embd.weight'
  }

  #block(b: number, x: Float32Array): { pass: BlockPass; out: Float32Array<ArrayBuffer> } {
    const { width, heads, keyHeads, headWidth } = this.shape
    const weight = (name: string): Float32Array => this.of(`blk.${b}.${name}.weight`)
    const before = this.#norm(x, `blk.${b}.attn_norm.weight`)
    const [q, k, v] = ['attn_q', 'attn_k', 'attn_v'].map((name) => multiply(weight(name), before.out, width)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    rotate(q, heads, this.shape, 1)
    rotate(k, keyHeads, this.shape, 1)
    const attended = attend(q, k, v, this.shape)
    const middle = this.#norm(sum(x, multiply(weight('attn_output'), attended.out, heads * headWidth)), `blk.${b}.ffn_norm.weight`)
    const [gate, up] = [multiply(weight('ffn_gate'), middle.out, width), multiply(weight('ffn_up'), middle.out, width)]
    const hidden = gate.map((value, i) => value * sigmoid(value) * (up[i] as number))
    const units = weight('ffn_gate').length / width
    return { pass: { before, attended, middle, gate, up, hidden }, out: sum(middle.x, multiply(weight('ffn_down'), hidden, units)) }
  }

  #blockBack(
    b: number,
    pass: BlockPass,
    dx: Float32Array,
    slopes: Slopes,
    masks: { heads: Float64Array[]; units: Float64Array[] },
  ): Float32Array<ArrayBuffer> {
    const { width, heads, keyHeads, headWidth } = this.shape
    const { before, attended, middle, gate, up, hidden } = pass
    const back = (name: string, x: Float32Array, n: number, dy: Float32Array, into: Float32Array): void => {
      addSlopes(this.of(`blk.${b}.${name}.weight`), n, dy, into)
      slopes.product(`blk.${b}.${name}.weight`, x, n, dy)
    }
    const units = this.of(`blk.${b}.ffn_gate.weight`).length / width
    const dHidden = new Float32Array(hidden.length)
    back('ffn_down', hidden, units, dx, dHidden)
    masks.units.push(sumsBy(units, 1, dHidden, hidden))
    const dGate = dHidden.map((slope, i) => {
      const s = sigmoid(gate[i] as number)
      return slope * (up[i] as number) * s * (1 + (gate[i] as number) * (1 - s))
    })
    const dUp = dHidden.map((slope, i) => slope * (gate[i] as number) * sigmoid(gate[i] as number))
    const dMiddle = new Float32Array(middle.out.length)
    back('ffn_gate', middle.out, width, dGate, dMiddle)
    back('ffn_up', middle.out, width, dUp, dMiddle)
    const dAfter = Float32Array.from(dx)
    this.#normBack(middle, `blk.${b}.ffn_norm.weight`, dMiddle, dAfter, slopes)
    const dAttended = new Float32Array(attended.out.length)
    back('attn_output', attended.out, heads * headWidth, dAfter, dAttended)
    masks.heads.push(sumsBy(heads, headWidth, dAttended, attended.out))
    const { dq, dk, dv } = attendBack(attended, dAttended, this.shape)
    rotate(dq, heads, this.shape, -1)
    rotate(dk, keyHeads, this.shape, -1)
    const dBefore = new Float32Array(before.out.length)
    back('attn_q', before.out, width, dq, dBefore)
    back('attn_k', before.out, width, dk, dBefore)
    back('attn_v', before.out, width, dv, dBefore)
    this.#normBack(before, `blk.${b}.attn_norm.weight`, dBefore, dAfter, slopes)
    return dAfter
  }

  #norm(x: Float32Array, name: string): Normed {
    const { width, epsilon } = this.shape
    const gain = this.of(name)
    const inverse = new Float64Array(x.length / width)
    const out = new Float32Array(x.length)
    for (let t = 0; t < inverse.length; t++) {
      let squares = 0
      for (let i = 0; i < width; i++) squares += (x[t * width + i] as number) ** 2
      inverse[t] = 1 / Math.sqrt(squares / width + epsilon)
      for (let i = 0; i < width; i++) out[t * width + i] = (x[t * width + i] as number) * (inverse[t] as number) * (gain[i] as number)
    }
    return { x, inverse, out }
  }

  /** Adds to `dx`. y = x·r·g with r = (mean x² + ε)^−½, so dx = r·(g·dy) − x·r³·mean(g·dy·x). */
  #normBack({ x, inverse }: Normed, name: string, dy: Float32Array, dx: Float32Array, slopes: Slopes): void {
    const { width } = this.shape
    const gain = this.of(name)
    const dGain = new Float32Array(width)
    for (const [t, r] of inverse.entries()) {
      let along = 0
      for (let i = 0; i < width; i++) {
        const place = t * width + i
        along += (gain[i] as number) * (dy[place] as number) * (x[place] as number)
        dGain[i] = (dGain[i] as number) + (dy[place] as number) * (x[place] as number) * r
      }
      const common = (along / width) * r ** 3
      for (let i = 0; i < width; i++) {
        const place = t * width + i
        dx[place] = (dx[place] as number) + r * (gain[i] as number) * (dy[place] as number) - common * (x[place] as number)
      }
    }
    slopes.rows(name, new Map([[0, dGain]]))
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const sum = (a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> => Float32Array.from(a, (value, i) => value + (b[i] as number))

/** Σ over rows of a·b, `width` neighbours together: one number for each of `count` groups. */
function sumsBy(count: number, width: number, a: Float32Array, b: Float32Array): Float64Array {
  const sums = new Float64Array(count)
  for (let i = 0; i < a.length; i++) {
    const group = Math.floor((i % (count * width)) / width)
    sums[group] = (sums[group] as number) + (a[i] as number) * (b[i] as number)
  }
  return sums
}
