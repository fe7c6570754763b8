import { type Code, get, i32, set, tee, v128 } from '../../../shared/wasm/assembler'

/** exp and log of four float32 at once, within two units in the last place. Coefficients: S. Moshier, Cephes, expf and logf. */
export interface VectorMath {
  /**
   * Local `x` := exp(local `x`) for x ≤ 88, locals `n` and `r` are scratch. Below −87.33 (where a float32 would be subnormal, and −∞) it is 0; NaN stays NaN.
   * x = n·ln 2 + r, |r| ≤ ½ ln 2; exp x = 2ⁿ·exp r. Only instructions that the processor has: no saturating conversion, no NaN-aware minimum.
   */
  exponential(x: number, n: number, r: number): Code
  /**
   * Local `x` := log(local `x`) for x ≥ 0, locals `e` and `m` are scratch; what is less than the smallest normal number is 0, and log 0 = −∞. NaN is not
   * kept. x = m·2ᵉ with m in [√½, √2); log x = log m + e·ln 2.
   */
  logarithm(x: number, e: number, m: number): Code
}

/** Added to a float32 below 2²², it leaves the nearest whole number in the low bits of the sum. */
const rounder = 1.5 * 2 ** 23

/** fused: products and sums in one instruction, which takes a third off an exponential; not every engine has them. */
export function vectorMath(fused: boolean): VectorMath {
  /** a·b + c, all three on the stack */
  const plus = (a: Code, b: Code, c: Code): Code => (fused ? [a, b, c, v128.fused] : [a, b, v128.mul, c, v128.add])
  /** c − a·b */
  const minus = (a: Code, b: Code, c: Code): Code => (fused ? [a, b, c, v128.fusedMinus] : [c, a, b, v128.mul, v128.sub])
  const polynomial = (x: number, [first = 0, ...rest]: readonly number[]): Code =>
    rest.reduce<Code>((code, c) => plus(code, get(x), v128.f32(c)), v128.f32(first))

  return {
    exponential: (x, n, r) => [
      [plus(get(x), v128.f32(Math.LOG2E), v128.f32(rounder)), tee(n), v128.f32(rounder), v128.sub, set(r)],
      [get(n), i32(23), v128.i32Shl, set(n)], // n in the place of an exponent; what the rounder put above it is shifted out
      [minus(get(r), v128.f32(-2.1219444e-4), minus(get(r), v128.f32(0.693359375), get(x))), set(r)],
      // exp r = 1 + r + r²·P(r), then times 2ⁿ
      plus(
        [
          polynomial(r, [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]),
          get(r),
          v128.mul,
        ],
        get(r),
        get(r),
      ),
      [v128.f32(1), v128.add, get(n), v128.i32Add],
      [get(x), v128.f32(-87.33), v128.less, v128.andNot, set(x)],
    ],
    logarithm: (x, e, m) => [
      // e = exponent + 1, m = mantissa in [½, 1)
      [get(x), i32(23), v128.i32ShrU, v128.i32(126), v128.i32Sub, v128.fromI32, set(e)],
      [get(x), v128.i32(0x007fffff), v128.and, v128.i32(0x3f000000), v128.or, set(m)],
      // m < √½: e −= 1, m = 2m
      [get(e), get(m), v128.f32(Math.SQRT1_2), v128.less, v128.f32(1), v128.and, v128.sub, set(e)],
      [get(m), get(m), get(m), v128.f32(Math.SQRT1_2), v128.less, v128.and, v128.add, v128.f32(1), v128.sub, set(m)],
      // log(1+m) = m − m²/2 + m³·P(m)
      polynomial(
        m,
        [
          7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
          -2.4999993993e-1, 3.3333331174e-1,
        ],
      ),
      [get(m), v128.mul, get(m), v128.mul, get(m), v128.mul],
      [get(e), v128.f32(-2.1219444e-4), v128.mul, v128.add],
      [get(m), get(m), v128.mul, v128.f32(0.5), v128.mul, v128.sub],
      [get(m), v128.add, get(e), v128.f32(0.693359375), v128.mul, v128.add, set(m)],
      [v128.f32(-Infinity), get(m), get(x), v128.f32(1.17549435e-38), v128.less, v128.select, set(x)],
    ],
  }
}
