/** The part of the engine's WebAssembly that kernels use; the type libraries of the rooms that have kernels (ECMAScript, Node) do not declare it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

interface WasmEngine {
  readonly Memory: new (limits: { initial: number; maximum: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: unknown }
}

export const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly: WasmEngine }
