import { createHash } from 'node:crypto'
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate'
import { z } from 'zod'
import { TributaryError } from '../../shared/errors'
import { serializeGraph } from '../../shared/graph/canonical'
import type { GraphDocument } from '../../shared/graph/document'
import { loadGraph } from '../../shared/graph/load'
import type { NodeSpecs } from '../../shared/graph/specs'
import { canonicalJson, type Json } from '../../shared/json'
import { jsonValue } from '../../shared/json-schema'
import type { RunEvent } from '../../shared/run/events'
import { type WireKind, wireKindNames } from '../../shared/wire'
import { hashJson } from '../executor/held'

/**
 * A run as one file that opens anywhere: a zip of `graph.trib.json`, `inputs.json`, `events.ndjson`, `values/<sha>.json`, `blobs/<sha>` (what values name, such
 * as token traces), `run.json` (how it went, its marks) and `environment.json` (what it ran on, and which values were left out for their size).
 * Reading trusts nothing: sizes are bounded before anything is unpacked, and every value and blob must have the hash that it is called by.
 */
export interface RunBundle {
  readonly document: GraphDocument
  readonly inputs: { readonly [name: string]: Json }
  readonly events: readonly RunEvent[]
  readonly values: readonly BundledValue[]
  readonly blobs: ReadonlyMap<string, Uint8Array>
  readonly run: BundledRun
  readonly environment: { readonly [name: string]: Json }
}

export interface BundledValue {
  readonly sha: string
  readonly kind: WireKind
  readonly list: boolean
  readonly data: Json
  readonly mentions: readonly string[]
}

const bundleFormat = 'tributary/run-bundle'
const runShape = z.looseObject({
  format: z.literal(bundleFormat),
  version: z.literal(1),
  id: z.string().max(64),
  seed: z.number().int().min(0).max(0xffffffff),
  startedAt: z.number().int().min(0),
  options: jsonValue.default({}),
  star: z.boolean().default(false),
  tags: z.array(z.string().max(50)).max(20).default([]),
  note: z.string().max(4000).default(''),
  verdict: z.enum(['good', 'bad']).optional(),
})
export type BundledRun = z.infer<typeof runShape>
export const describeRun = (run: Omit<BundledRun, 'format' | 'version'>): BundledRun =>
  ({ ...run, format: bundleFormat, version: 1 }) as BundledRun

const valueShape = z.object({
  kind: z.enum(wireKindNames as [WireKind, ...WireKind[]]),
  list: z.boolean(),
  data: jsonValue,
  mentions: z.array(z.string()).default([]),
})
const eventShape = z.looseObject({
  e: z.literal(1),
  seq: z.number().int().min(0),
  t: z.number().min(0),
  run: z.string(),
  type: z.string(),
  node: z.string().optional(),
})

const megabyte = 1_000_000
const most = { packed: 11 * megabyte, entries: 20_000, entry: 64 * megabyte, unpacked: 256 * megabyte }

export function packBundle(bundle: RunBundle): Uint8Array {
  const files: Zippable = {
    'graph.trib.json': strToU8(serializeGraph(bundle.document)),
    'inputs.json': json(bundle.inputs),
    'run.json': json(bundle.run),
    'events.ndjson': strToU8(bundle.events.map((event) => `${JSON.stringify(event)}\n`).join('')),
  }
  const leftOut: string[] = []
  let room = most.packed - Object.values(files).reduce((sum, file) => sum + (file as Uint8Array).length / 4, 0)
  const add = (name: string, bytes: Uint8Array): void => {
    // Unpacked size is the cautious measure: what is in always fits.
    if (bytes.length > room) leftOut.push(name)
    else {
      room -= bytes.length
      files[name] = bytes
    }
  }
  const bySize = bundle.values.map((value) => ({ value, bytes: json(withoutSha(value)) })).sort((a, b) => a.bytes.length - b.bytes.length)
  for (const { value, bytes } of bySize) add(`values/${value.sha}.json`, bytes)
  for (const [sha, bytes] of bundle.blobs) add(`blobs/${sha}`, bytes)
  files['environment.json'] = json({ ...bundle.environment, leftOut })
  return zipSync(files, { level: 6 })
}

const withoutSha = ({ sha: _sha, ...value }: BundledValue): Omit<BundledValue, 'sha'> => value
const json = (value: unknown): Uint8Array => strToU8(JSON.stringify(value))

/** Throws `file-format` with one sentence for anything that is not what it says. */
export function unpackBundle(bytes: Uint8Array, specs: NodeSpecs): RunBundle {
  const files = unzip(bytes)
  const text = (name: string): string => {
    const file = files[name]
    if (!file) throw invalid(`it has no ${name}`)
    return strFromU8(file)
  }
  const graph = loadGraph(text('graph.trib.json'), { specs, file: 'graph.trib.json' })
  if (!graph.ok) throw TributaryError.fromReport(graph.error)
  const run = parsed('run.json', runShape, text('run.json'))
  return {
    document: graph.document,
    run,
    inputs: parsed('inputs.json', z.record(z.string(), jsonValue), text('inputs.json')),
    environment: parsed('environment.json', z.record(z.string(), jsonValue), files['environment.json'] ? text('environment.json') : '{}'),
    events: readEvents(text('events.ndjson')),
    values: Object.keys(files).flatMap((name) => readValue(name, text)),
    blobs: new Map(Object.entries(files).flatMap(([name, file]) => readBlob(name, file))),
  }
}

function unzip(bytes: Uint8Array): { readonly [name: string]: Uint8Array } {
  let entries = 0
  let unpacked = 0
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        entries++
        unpacked += originalSize
        if (entries > most.entries || originalSize > most.entry || unpacked > most.unpacked)
          throw invalid('it unpacks to more than a run can hold')
        return /^(?:[a-z.]+\.(?:json|ndjson)|values\/[0-9a-f]{64}\.json|blobs\/[0-9a-f]{64})$/.test(name)
      },
    })
  } catch (thrown) {
    throw thrown instanceof TributaryError ? thrown : invalid('it is no zip file, or a damaged one')
  }
}

function readEvents(text: string): RunEvent[] {
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parsed('events.ndjson', eventShape, line) as unknown as RunEvent)
  const first = events[0]
  if (first?.type !== 'run.start' || events.some(({ seq }, i) => seq !== i)) throw invalid('its events are not the whole log of one run')
  return events
}

function readValue(name: string, text: (name: string) => string): BundledValue[] {
  const sha = /^values\/([0-9a-f]{64})\.json$/.exec(name)?.[1]
  if (sha === undefined) return []
  const value = parsed(name, valueShape, text(name))
  if (hashJson(value.kind, value.list, canonicalJson(value.data)) !== sha) throw invalid(`${name} is not the value that its name says`)
  return [{ sha, ...value }]
}

function readBlob(name: string, bytes: Uint8Array): [string, Uint8Array][] {
  const sha = /^blobs\/([0-9a-f]{64})$/.exec(name)?.[1]
  if (sha === undefined) return []
  if (createHash('sha256').update(bytes).digest('hex') !== sha) throw invalid(`${name} is not what its name says`)
  return [[sha, bytes]]
}

function parsed<T extends z.ZodType>(name: string, shape: T, text: string): z.output<T> {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw invalid(`${name} is not JSON`)
  }
  const result = shape.safeParse(data)
  if (!result.success) throw invalid(`${name}: ${result.error.issues[0]?.path.join('.') || 'its content'} is not what it should be`)
  return result.data
}

const invalid = (why: string): TributaryError =>
  new TributaryError('file-format', `This is not a run bundle that can be opened: ${why}.`, { hint: 'Export the run again where it ran.' })
