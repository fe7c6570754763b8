/** The part of the engine's WebAssembly that the kernel uses; neither of the type libraries of this room (ECMAScript, Node) declares it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

interface WasmEngine {
  readonly Memory: new (limits: { initial: number; maximum: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: unknown }
}

export const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly: WasmEngine }
