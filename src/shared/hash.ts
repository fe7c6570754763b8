import { canonicalJson } from './json'
import type { WireKind } from './wire'

/**
 * SHA-256 (FIPS 180-4) without a library, because `shared` runs in the browser, in workers and in Node alike and must answer synchronously.
 * Text is hashed as UTF-8. Returns 64 lower-case hexadecimal digits.
 */
export function sha256(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? utf8.encode(data) : data
  const padded = pad(bytes)
  const state = Uint32Array.from(initialState)
  const schedule = new Uint32Array(64)
  for (let offset = 0; offset < padded.byteLength; offset += 64) compress(state, schedule, padded, offset)
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

/** Hash of a JSON value in its canonical form: equal values have equal hashes, whatever the order of their keys. */
export const hashJson = (value: unknown): string => sha256(canonicalJson(value))

/** What the hash of a value on a wire is taken of; `json` is canonical. */
export const valueText = (kind: WireKind, list: boolean, json: string): string => `${kind}${list ? '[]' : ''}\n${json}`

const utf8 = new TextEncoder()
const primes = firstPrimes(64)
/** FIPS 180-4 §4.2.2 and §5.3.3: the first 32 bits of the fractional parts of roots of the first primes. */
const roundConstants = Uint32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)))
const initialState = Uint32Array.from(primes.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)))

function fractionBits(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32)
}

function firstPrimes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}

/** A one bit, zeros up to 56 modulo 64 bytes, then the length in bits as a 64-bit big-endian number. */
function pad(bytes: Uint8Array): DataView {
  const length = Math.ceil((bytes.length + 9) / 64) * 64
  const padded = new Uint8Array(length)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(length - 4, (bytes.length * 8) >>> 0)
  return view
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

function compress(state: Uint32Array, w: Uint32Array, block: DataView, offset: number): void {
  for (let i = 0; i < 16; i++) w[i] = block.getUint32(offset + 4 * i)
  for (let i = 16; i < 64; i++) {
    const near = w[i - 2]!
    const far = w[i - 15]!
    const s1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10)
    const s0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)
    w[i] = s1 + w[i - 7]! + s0 + w[i - 16]!
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + roundConstants[i]! + w[i]!) | 0
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const words = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = state[i]! + words[i]!
}
