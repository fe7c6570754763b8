import { engine, type WasmMemory } from '../../../../shared/wasm/engine'

/**
 * Buffers inside one WebAssembly memory, so that vector loops and typed arrays see the same bytes and nothing is copied between them. Each thread
 * has its own. It never grows, because growing would detach the arrays in use; what does not fit lies in plain memory, where plain loops serve.
 */
const pageBytes = 65_536
/** Address space; what is not used is never touched. From about 60 MiB on the engine would collect all garbage as soon as there is one. */
const pages = (48 * 2 ** 20) / pageBytes
const vectorBytes = 16

interface Span {
  readonly address: number
  readonly bytes: number
}

let memory: WasmMemory | undefined
let isTried = false
let buffer: ArrayBuffer | undefined
let next = vectorBytes
const free = new Map<number, Span[]>()

/** Gives the memory's import for the loops; throws where the engine has no address space left. */
export function openMemory(): { readonly memory: WasmMemory } {
  memory ??= new engine.Memory({ initial: pages, maximum: pages })
  buffer = memory.buffer
  return { memory }
}

/** With the first array that is taken the memory is opened, where it can be. */
function tryToOpen(): void {
  if (isTried) return
  isTried = true
  try {
    openMemory()
  } catch {
    // arrays lie in plain memory then
  }
}

/** Whether all of these lie where the loops can reach them. */
export function isVector(a: ArrayBufferView, b: ArrayBufferView = a): boolean {
  return a.buffer === buffer && b.buffer === buffer
}

const rounded = (bytes: number): number => Math.ceil(bytes / vectorBytes) * vectorBytes

function takeSpan(length: number): Span | undefined {
  tryToOpen()
  const bytes = rounded(length)
  const span = free.get(bytes)?.pop()
  if (span !== undefined || buffer === undefined || next + bytes > buffer.byteLength) return span
  next += bytes
  return { address: next - bytes, bytes }
}

/** What stands in these is old. */
export function takeFloats(length: number): Float32Array {
  const span = takeSpan(length * 4)
  return span && buffer ? new Float32Array(buffer, span.address, length) : new Float32Array(length)
}

export function takeBytes(length: number): Uint8Array {
  const span = takeSpan(length)
  return span && buffer ? new Uint8Array(buffer, span.address, length) : new Uint8Array(length)
}

/** Zeros. */
export function takeDoubles(length: number): Float64Array {
  const span = takeSpan(length * 8)
  return span && buffer ? new Float64Array(buffer, span.address, length).fill(0) : new Float64Array(length)
}

/** Gives a whole array of `take…` back; it must not be touched any more. */
export function give(array: ArrayBufferView): void {
  if (!isVector(array)) return
  const bytes = rounded(array.byteLength)
  const spans = free.get(bytes) ?? []
  free.set(bytes, spans)
  spans.push({ address: array.byteOffset, bytes })
}
