import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import koffi from 'koffi'
import { bindGgml, type GgmlFunctions } from './llama/binding'
import { type Codec, plainCodec, quantizable } from './weights/convert/codec'
import { type GgmlType, ggmlTypes } from './weights/gguf/types/ggml-type'

/** Quantized types, converted by the ggml library that node-llama-cpp ships. It is loaded when the first such tensor comes by: plain types need no native code. */
export function lazyGgmlCodec(): Codec {
  let codec: Codec | undefined
  // held for as long as the thread lives
  let library: ReturnType<typeof koffi.load> | undefined
  const loaded = (): Codec => {
    library ??= koffi.load(ggmlPath())
    codec ??= ggmlCodec(bindGgml(library))
    return codec
  }
  return {
    canDecode: (type) => loaded().canDecode(type),
    canEncode: (type) => loaded().canEncode(type),
    decode: (type, bytes, into) => loaded().decode(type, bytes, into),
    encode: (type, values, rowLength, into, importance) => loaded().encode(type, values, rowLength, into, importance),
  }
}

const convert = koffi.proto('void TributaryToFloat(const void *x, void *y, int64_t k)')
/** in `struct ggml_type_traits`: name, block size, interleave, type size, is_quantized, to_float */
const toFloatOffset = 40

function ggmlCodec(ggml: GgmlFunctions): Codec {
  const decoders = new Map<GgmlType, (bytes: Uint8Array, into: Float32Array, count: number) => void>()
  const decoderOf = (type: GgmlType): ((bytes: Uint8Array, into: Float32Array, count: number) => void) => {
    const known = decoders.get(type)
    if (known) return known
    const { id, block, bytes: size } = ggmlTypes[type]
    if (ggml.ggml_blck_size(id) !== block || ggml.ggml_type_size(id) !== size)
      throw new Error(`this build of ggml lays out ${type} differently`)
    const address: unknown = koffi.decode(ggml.ggml_get_type_traits(id), toFloatOffset, 'void *')
    const decoder = (bytes: Uint8Array, into: Float32Array, count: number): void => {
      koffi.call(address, convert, bytes, into, count)
    }
    decoders.set(type, decoder)
    return decoder
  }
  return {
    canDecode: (type) => Object.hasOwn(ggmlTypes, type),
    canEncode: (type) => quantizable.includes(type),
    decode(type, bytes, into) {
      if (plainCodec.canDecode(type)) plainCodec.decode(type, bytes, into)
      else decoderOf(type)(bytes, into, into.length)
    },
    encode(type, values, rowLength, into, importance = undefined) {
      const { id } = ggmlTypes[type]
      // ggml stops the process where such a type comes without: every column counts alike then
      const columns = importance ?? (ggml.ggml_quantize_requires_imatrix(id) ? new Float32Array(rowLength).fill(1) : null)
      ggml.ggml_quantize_chunk(id, values, into, 0, values.length / rowLength, rowLength, columns)
    },
  }
}

const folders: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
}

/** libggml-base of the package of this system: conversions are the same in all its variants. */
function ggmlPath(): string {
  const name = folders[`${process.platform}-${process.arch}`] ?? ''
  const entry = createRequire(import.meta.url).resolve('node-llama-cpp')
  const modules = entry.slice(0, entry.lastIndexOf(`${sep}node-llama-cpp${sep}`)).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked')
  const folder = join(modules, '@node-llama-cpp', name, 'bins', name)
  const file = readdirSync(folder).find((one) => /^(lib)?ggml-base\.(so|dylib|dll)/.test(one))
  if (file === undefined) throw new Error(`the package @node-llama-cpp/${name} holds no ggml library`)
  return join(folder, file)
}
