import { assemble } from '../../../../shared/wasm/assembler'
import { engine } from '../../../../shared/wasm/engine'
import { arithmeticSources } from './arithmetic-source'
import { convertSources } from './convert-source'
import { openMemory } from './memory'
import { orderSources } from './order-source'

/** The vector loops of this thread. Numbers are addresses unless their names say otherwise; ranges are whole vectors. */
export interface Loops {
  decodeBF16(halves: number, end: number, floats: number): void
  decodeF16(halves: number, end: number, floats: number): void
  encodeBF16(halves: number, end: number, floats: number): void
  encodeF16(halves: number, end: number, floats: number): void
  subtract(a: number, end: number, b: number, out: number): void
  add(a: number, end: number, b: number, out: number): void
  anyAtLeast(at: number, end: number, bits: number): number
  countHigh(at: number, end: number, table: number): void
  countLow(at: number, end: number, high: number, table: number): void
  countEqual(at: number, end: number, bits: number): number
  keepAbove(at: number, end: number, bits: number, above: number, out: number): number
  /** by `linear1` … and `elect1` … */
  readonly [many: `linear${number}` | `elect${number}`]: (...numbers: number[]) => void
}

/** Undefined where the engine has no vector instructions or no address space: the plain loops serve. */
export const loops: Loops | undefined = create()

function create(): Loops | undefined {
  try {
    const module = new engine.Module(assemble([...convertSources, ...arithmeticSources, ...orderSources]))
    return new engine.Instance(module, { env: openMemory() }).exports as Loops
  } catch {
    return undefined
  }
}

/** Entries that whole vectors cover; the rest is left to the plain loop. */
export const wholeVectors = (length: number): number => length - (length % 8)
