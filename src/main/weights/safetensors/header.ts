import { TributaryError } from '../../../shared/errors'
import type { ByteSource } from '../gguf/bytes/byte-source'
import { notAModelFile } from '../gguf/errors/corrupt'

/** Element types of safetensors that hold numbers we can merge; others are refused by name. */
export const safetensorsTypes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const
export type SafetensorsType = keyof typeof safetensorsTypes

export interface SafetensorsTensor {
  readonly name: string
  /** outermost first, as the file has it (GGUF lists the other way round) */
  readonly shape: readonly number[]
  readonly type: SafetensorsType
  /** from the start of the file */
  readonly offset: number
  readonly byteLength: number
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: readonly SafetensorsTensor[]
}

const limits = { headerBytes: 32 * 2 ** 20, tensors: 65_536, nameLength: 512, dimensions: 8 }

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [from: number, to: number]
}

/** By hand: threads that merge read tables in this format, and start sooner without a schema library. */
function isEntry(raw: unknown): raw is Entry {
  if (typeof raw !== 'object' || raw === null) return false
  const { dtype, shape, data_offsets: offsets } = raw as Partial<Record<keyof Entry, unknown>>
  const areCounts = (list: unknown): list is number[] => Array.isArray(list) && list.every((one) => Number.isSafeInteger(one) && one >= 0)
  return typeof dtype === 'string' && areCounts(shape) && shape.length <= limits.dimensions && areCounts(offsets) && offsets.length === 2
}

const isTexts = (raw: unknown): raw is Record<string, string> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw) && Object.values(raw).every((one) => typeof one === 'string')

/** Reads and checks the header: its length first, then every tensor's type, shape and place; data must lie end to end and fill the file. */
export function parseSafetensors(source: ByteSource): SafetensorsHeader {
  const fail = (field: string, what: string): never => {
    throw new TributaryError('model-corrupt', `${source.name} is damaged or hostile: ${field} ${what}.`, {
      place: { file: source.name },
      details: { field },
    })
  }
  const raw = parseJson(source, fail)
  const names = Object.keys(raw)
  if (names.length > limits.tensors) fail('the tensor count', `is above ${limits.tensors}`)
  const start = 8 + headerLength(source, fail)
  const tensors = names.filter((name) => name !== '__metadata__').map((name) => parseTensor(name, raw[name], start, source.size, fail))
  checkPlaces(tensors, start, source.size, fail)
  const metadata = raw.__metadata__ ?? {}
  return { metadata: isTexts(metadata) ? metadata : fail('__metadata__', 'is not a table of texts'), tensors }
}

type Fail = (field: string, what: string) => never

function headerLength(source: ByteSource, fail: Fail): number {
  if (source.size < 10) throw notAModelFile(source.name, source.read(0, source.size))
  const head = source.read(0, 9)
  const view = new DataView(head.buffer, head.byteOffset, 9)
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
  // a safetensors header is a JSON object: its first byte tells it from everything else
  if (head[8] !== 0x7b) throw notAModelFile(source.name, head)
  if (length > limits.headerBytes || length < 2) fail('the header length', `is ${length}`)
  if (8 + length > source.size) fail('the header', 'reaches beyond the end of the file')
  return length
}

function parseJson(source: ByteSource, fail: Fail): Record<string, unknown> {
  const bytes = source.read(8, headerLength(source, fail))
  let text = ''
  let raw: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    raw = JSON.parse(text)
  } catch {
    return fail('the header', 'is not JSON')
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return fail('the header', 'is not a JSON object')
  const table = Object.assign(Object.create(null) as Record<string, unknown>, raw)
  // JSON.parse keeps the last of two equal names; a second one shows as fewer entries than `"dtype"` marks
  if ((text.match(/"dtype"\s*:/g)?.length ?? 0) > Object.keys(table).filter((name) => name !== '__metadata__').length)
    return fail('the header', 'names a tensor twice')
  return table
}

function parseTensor(name: string, raw: unknown, start: number, size: number, fail: Fail): SafetensorsTensor {
  const field = `the tensor ${name.slice(0, 80)}`
  if (name.length > limits.nameLength || !/^[\x21-\x7e]+$/.test(name)) fail(field, 'has no proper name')
  if (!isEntry(raw)) return fail(field, 'is not described as it should be')
  const { dtype, shape, data_offsets } = raw
  if (!Object.hasOwn(safetensorsTypes, dtype)) fail(field, `is of the type ${dtype}, which cannot be read`)
  const type = dtype as SafetensorsType
  const elements = shape.reduce((product, length) => product * length, 1)
  const [from, to] = data_offsets
  if (!(elements < 2 ** 46) || to - from !== elements * safetensorsTypes[type]) fail(field, 'has offsets that do not fit its shape')
  if (start + to > size) fail(field, 'reaches beyond the end of the file')
  return { name, shape, type, offset: start + from, byteLength: to - from }
}

function checkPlaces(tensors: readonly SafetensorsTensor[], start: number, size: number, fail: Fail): void {
  let expected = start
  for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength)) {
    if (tensor.offset !== expected) fail(`the tensor ${tensor.name}`, 'overlaps another or leaves a gap')
    expected += tensor.byteLength
  }
  if (expected !== size) fail('the file', 'has bytes that no tensor owns')
}
