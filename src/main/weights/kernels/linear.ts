import { mostModels } from './vector/arithmetic-source'
import { vectorLoops, wholeVectors } from './vector/loops'
import { isVector } from './vector/memory'

/** out = Σ factors[i]·inputs[i], each element summed in float64 in the order given and rounded once. [n] each; `out` may not be an input. */
export function combineLinear(inputs: readonly Float32Array[], factors: readonly number[], out: Float32Array): void {
  const done = linearInVectors(inputs, factors, out)
  const rest = done === 0 ? inputs : inputs.map((input) => input.subarray(done))
  combinePlainly(rest, factors, out.subarray(done))
}

/** What whole vectors cover; gives how much that was. The sums are those of the plain loops, bit for bit. */
function linearInVectors(inputs: readonly Float32Array[], factors: readonly number[], out: Float32Array): number {
  const count = wholeVectors(out.length)
  const [first] = inputs
  const loops = vectorLoops()
  if (loops === undefined || first === undefined || count === 0 || inputs.length > mostModels) return 0
  if (!inputs.every((input) => isVector(input, out))) return 0
  const addresses = inputs.map((input) => input.byteOffset)
  loops[`linear${inputs.length}`]?.(first.byteOffset + 4 * count, out.byteOffset, ...addresses, ...factors)
  return count
}

function combinePlainly(inputs: readonly Float32Array[], factors: readonly number[], out: Float32Array): void {
  const [a, b, c] = inputs
  const [x = 0, y = 0, z = 0] = factors
  if (a === undefined) out.fill(0)
  else if (b === undefined) for (let i = 0; i < out.length; i++) out[i] = x * (a[i] as number)
  else if (c === undefined) for (let i = 0; i < out.length; i++) out[i] = x * (a[i] as number) + y * (b[i] as number)
  else if (inputs.length === 3)
    for (let i = 0; i < out.length; i++) out[i] = x * (a[i] as number) + y * (b[i] as number) + z * (c[i] as number)
  else combineMany(inputs, factors, out)
}

let sums = new Float64Array(65_536)

function combineMany(inputs: readonly Float32Array[], factors: readonly number[], out: Float32Array): void {
  if (sums.length < out.length) sums = new Float64Array(out.length)
  const total = sums.subarray(0, out.length).fill(0)
  inputs.forEach((input, index) => {
    const factor = factors[index] as number
    for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + factor * (input[i] as number)
  })
  out.set(total)
}

/** out = from − what. [n] each; `out` may be an input. */
export function subtract(from: Float32Array, what: Float32Array, out: Float32Array): void {
  for (let i = pairInVectors('subtract', from, what, out); i < out.length; i++) out[i] = (from[i] as number) - (what[i] as number)
}

/** out = a + b. [n] each; `out` may be an input. */
export function add(a: Float32Array, b: Float32Array, out: Float32Array): void {
  for (let i = pairInVectors('add', a, b, out); i < out.length; i++) out[i] = (a[i] as number) + (b[i] as number)
}

function pairInVectors(name: 'subtract' | 'add', a: Float32Array, b: Float32Array, out: Float32Array): number {
  const count = wholeVectors(out.length)
  const loops = vectorLoops()
  if (loops === undefined || count === 0 || !isVector(a, b) || !isVector(out)) return 0
  loops[name](a.byteOffset, a.byteOffset + 4 * count, b.byteOffset, out.byteOffset)
  return count
}

/** Shares of one from weights. Throws through `onZero` when their sum is as good as 0. */
export function normalised(weights: readonly number[], onZero: () => never): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return Math.abs(sum) < 1e-8 ? onZero() : weights.map((weight) => weight / sum)
}

/** [n]·[n] in float64, in blocks of 65,536 added in order; within a block eight sums stand side by side. */
export function dot(a: Float32Array, b: Float32Array): number {
  let total = 0
  for (let start = 0; start < a.length; start += dotBlock) {
    const end = Math.min(a.length, start + dotBlock)
    const whole = end - ((end - start) % 8)
    let block = whole === start ? 0 : (dotInVectors(a, b, start, whole) ?? dotPlainly(a, b, start, whole))
    for (let i = whole; i < end; i++) block += (a[i] as number) * (b[i] as number)
    total += block
  }
  return total
}

const dotBlock = 65_536

function dotInVectors(a: Float32Array, b: Float32Array, start: number, end: number): number | undefined {
  if (!isVector(a, b)) return undefined
  return vectorLoops()?.dot(a.byteOffset + 4 * start, a.byteOffset + 4 * end, b.byteOffset + 4 * start)
}

/** As the vector loop adds, bit for bit. */
function dotPlainly(a: Float32Array, b: Float32Array, start: number, end: number): number {
  const product = (i: number): number => (a[i] as number) * (b[i] as number)
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let i = start; i < end; i += 8) {
    s0 += product(i)
    s1 += product(i + 1)
    s2 += product(i + 2)
    s3 += product(i + 3)
    s4 += product(i + 4)
    s5 += product(i + 5)
    s6 += product(i + 6)
    s7 += product(i + 7)
  }
  return s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7))
}
