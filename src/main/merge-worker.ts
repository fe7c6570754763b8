import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import koffi from 'koffi'
import { toErrorReport } from '../shared/errors'
import { bindGgml, type GgmlFunctions } from './llama/binding'
import { type Codec, plainCodec, withFallback } from './weights/convert/codec'
import { BlockWorker } from './weights/engine/block-worker'
import type { FromThread, ToThread } from './weights/engine/job'
import type { Plan } from './weights/engine/plan'
import { type GgmlType, ggmlTypes } from './weights/gguf/types/ggml-type'
import { type FisherJob, type FromFisherThread, runFisherJob } from './weights/gradients/fisher-job'

/**
 * A thread of a merge: gets the plan once, then jobs; or the one job of measuring Fisher information. Quantized types are converted by the ggml
 * library that node-llama-cpp ships.
 */

const port = parentPort
if (port === null) throw new Error('merge-worker runs as a worker thread only')
const codec = withFallback(lazyGgmlCodec())
function takeJobs(from: MessagePort, worker: BlockWorker): void {
  from.on('message', (message: ToThread) => {
    if (message.type === 'known') return worker.tell(message.known)
    const { id, job } = message
    try {
      const result = worker.run(job)
      from.postMessage({ id, result } satisfies FromThread, result.table ? [result.table.buffer as ArrayBuffer] : [])
    } catch (error) {
      from.postMessage({ id, failure: toErrorReport(error) } satisfies FromThread)
    }
  })
}

function measureFisher(to: MessagePort, job: FisherJob): void {
  const found = runFisherJob(job, codec, (done) => to.postMessage({ type: 'progress', done } satisfies FromFisherThread))
  to.postMessage({ type: 'done', ...found } satisfies FromFisherThread, [found.bytes.buffer])
}

/** ggml is loaded when the first quantized tensor comes by: plain merges need no native code. */
function lazyGgmlCodec(): Codec {
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
    encode: (type, values, rowLength, into) => loaded().encode(type, values, rowLength, into),
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
    canEncode: (type) => !ggml.ggml_quantize_requires_imatrix(ggmlTypes[type].id),
    decode(type, bytes, into) {
      if (plainCodec.canDecode(type)) plainCodec.decode(type, bytes, into)
      else decoderOf(type)(bytes, into, into.length)
    },
    encode(type, values, rowLength, into) {
      ggml.ggml_quantize_chunk(ggmlTypes[type].id, values, into, 0, values.length / rowLength, rowLength, null)
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

// last: a thread that is ended while koffi is being set up takes the process with it
const given = workerData as { readonly plan: Plan } | { readonly fisher: FisherJob }
if ('fisher' in given) measureFisher(port, given.fisher)
else takeJobs(port, new BlockWorker(given.plan, codec))
