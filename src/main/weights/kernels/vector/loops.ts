import { assemble, type FunctionSource } from '../../../../shared/wasm/assembler'
import { engine, type WasmMemory } from '../../../../shared/wasm/engine'
import { arithmeticSources, manySources, mostModels } from './arithmetic-source'
import { convertSources } from './convert-source'
import { changeOfHalves, halvesSources } from './halves-source'
import { openMemory } from './memory'
import { orderSources } from './order-source'

/** The vector loops of this thread. Numbers are addresses unless their names say otherwise; ranges are whole vectors. */
export interface Loops {
  decodeBF16(halves: number, end: number, floats: number): void
  decodeF16(halves: number, end: number, floats: number): void
  encodeBF16(halves: number, end: number, floats: number): void
  encodeF16(halves: number, end: number, floats: number): void
  changeOfHalves(a: number, end: number, b: number, out: number): void
  subtract(a: number, end: number, b: number, out: number): void
  add(a: number, end: number, b: number, out: number): void
  dot(a: number, end: number, b: number): number
  anyAtLeast(at: number, end: number, bits: number): number
  countHigh(at: number, end: number, table: number): void
  countLow(at: number, end: number, high: number, table: number): void
  countAbove(at: number, end: number, bits: number): number
  countEqual(at: number, end: number, bits: number): number
  keepAbove(at: number, end: number, bits: number, above: number, out: number): number
  /** by `sumHalves1` … (see `halves-source.ts`): 1 where a sum is no number */
  readonly [sum: `sumHalves${number}` | `sumHalvesNarrow${number}` | `sumHalfChanges${number}`]: (...numbers: number[]) => number
  /** by `linear1` …, `elect1` … and `electEqual1` … */
  readonly [many: `linear${number}` | `elect${number}` | `electEqual${number}`]: (...numbers: number[]) => void
}

let made: { readonly loops: Loops | undefined } | undefined

/** Made when they are first needed: a process that merges nothing pays nothing. Undefined where the engine has no vector instructions or no address space: the plain loops serve. */
export function vectorLoops(): Loops | undefined {
  made ??= { loops: create() }
  return made.loops
}

/** Each loop is put together when it is first asked for: most merges want few of them, and a thread that starts should start at once. */
function create(): Loops | undefined {
  try {
    const { memory } = openMemory()
    const made = {}
    for (const source of [...convertSources, changeOfHalves, ...arithmeticSources, ...orderSources])
      offer(made, source.name, () => source, memory)
    for (const [name, sourceOf] of Object.entries({ ...manySources, ...halvesSources }))
      for (let models = 1; models <= mostModels; models++) offer(made, `${name}${models}`, () => sourceOf(models), memory)
    const loops = made as Loops
    // whether there are vector instructions shows when the first one is put together
    return loops.anyAtLeast === undefined ? undefined : loops
  } catch {
    return undefined
  }
}

function offer(loops: object, name: string, sourceOf: () => FunctionSource, memory: WasmMemory): void {
  Object.defineProperty(loops, name, {
    configurable: true,
    get() {
      const module = new engine.Module(assemble([{ ...sourceOf(), name }]))
      const { [name]: value } = new engine.Instance(module, { env: { memory } }).exports as Readonly<Record<string, unknown>>
      Object.defineProperty(loops, name, { value })
      return value
    },
  })
}

/** Entries that whole vectors cover; the rest is left to the plain loop. */
export const wholeVectors = (length: number): number => length - (length % 8)
