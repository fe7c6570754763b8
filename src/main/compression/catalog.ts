import type { CompressionMethod } from './method'

/** Every method of `methods/`, by name; a file that defines none, or a name twice, is a fault of the build. */
export const compressionMethods: ReadonlyMap<string, CompressionMethod> = collect(
  import.meta.glob(['./methods/*.ts', '!./methods/*.test.ts'], { eager: true }) as Record<string, { default?: CompressionMethod }>,
)

function collect(modules: Record<string, { default?: CompressionMethod }>): Map<string, CompressionMethod> {
  const methods = new Map<string, CompressionMethod>()
  for (const [file, { default: method }] of Object.entries(modules)) {
    if (!method) throw new Error(`${file}: export default defineCompressor(…)`)
    if (methods.has(method.name)) throw new Error(`${file}: a second method is called "${method.name}"`)
    methods.set(method.name, method)
  }
  return methods
}
