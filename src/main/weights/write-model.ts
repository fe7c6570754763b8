import { createHash } from 'node:crypto'
import type { DerivedStore } from '../../shared/derived-store'
import type { WeightsExpression } from '../../shared/expression'
import { canonicalJson, type Json, type JsonObject } from '../../shared/json'
import type { ModelRef } from '../../shared/value'
import { exportCheckpoint } from './checkpoint/export'
import type { Codec } from './convert/codec'
import { type Compiled, compile } from './engine/compile'
import type { JobPool } from './engine/job'
import { noticesOf } from './engine/notices'
import { licenceNotice, type Origin } from './engine/origins'
import { checkpointTypes, outputTensors, type Provenance, provenanceTexts } from './engine/output'
import type { Place, Plan } from './engine/plan'
import { typeNotices } from './engine/type-notices'
import { encodeListsAhead } from './gguf/write/encode-header'
import type { KeptStatistics } from './provenance'
import { type BlobSource, openTable, placeStatistics, readerOf } from './statistics/stored-table'
import { missingStatistics } from './statistics/table'
import { FollowingHash } from './write/following-hash'
import { ggufSink } from './write/gguf-sink'
import { type Journal, journaled, openJournal } from './write/journal'
import { safetensorsSink, weightsIn } from './write/safetensors-sink'
import type { Sink } from './write/sink'
import { writeTensors } from './write/write-tensors'

/** Part of every recipe: a change of the engine that changes bytes changes it. */
export const engineVersion = '6'

export interface WriteRequest {
  readonly expression: WeightsExpression
  readonly name: string
  /** `keep`, or a ggml type */
  readonly dtype: string
  /** what to keep beside the expression, such as the graph that asked; no paths */
  readonly recipe: JsonObject
  /** where statistics that the expression names are read */
  readonly blobs?: BlobSource
  /** blob of statistics with energies: which columns matter most when the result is quantized */
  readonly importance?: string
  /** neutral: gguf */
  readonly format?: 'gguf' | 'safetensors'
  /** of safetensors: no file of several tensors is larger */
  readonly shardBytes?: number
}

export interface WriteTools {
  readonly resolve: (ref: ModelRef) => Promise<{ readonly path: string }>
  /** what the threads can write */
  readonly codec: Pick<Codec, 'canEncode'>
  readonly pool: (plan: Plan) => JobPool
  /** where what takes long to find before a merge is kept; neutral: nowhere */
  readonly derived?: DerivedStore | undefined
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** for a candidate that is judged and forgotten: looks for nothing to warn of beforehand, and is not hashed */
  readonly quick?: boolean
  /** blocks of 65,536 elements that one job takes; changes nothing in the result */
  readonly jobBlocks?: number
}

export interface WrittenFile {
  /** the GGUF, or the file that stands for the checkpoint: its only one or its index */
  readonly path: string
  readonly sizeBytes: number
  readonly tensors: number
  readonly recipeHash: string
  readonly warnings: readonly string[]
  /** SHA-256 in hexadecimal by path, of the files that hold tensors; none after a quick attempt */
  readonly hashes: ReadonlyMap<string, string>
  /** tensors that an earlier, interrupted attempt had finished */
  readonly resumed: number
}

/** The canonical text of what decides every byte of the output, and its hash. */
export function recipeOf(request: WriteRequest): { readonly text: string; readonly hash: string } {
  const text = canonicalJson({
    engine: engineVersion,
    expression: request.expression,
    dtype: request.dtype,
    name: request.name,
    ...(request.importance === undefined ? {} : { importance: request.importance }),
    ...(request.format === 'safetensors' ? { format: request.format, shardBytes: request.shardBytes ?? defaultShardBytes } : {}),
    ...request.recipe,
  })
  return { text, hash: createHash('sha256').update(text).digest('hex') }
}

/**
 * Evaluates a weights expression into a GGUF at `path` (or, as safetensors, into a folder of that name), a few row blocks of each tensor in memory at
 * a time. Everything is checked before a byte is written; the result gets its name only when it is whole and read back. An abort leaves nothing;
 * after a kill the next equal request goes on where the last synced tensor ended.
 */
export async function writeModel(path: string, request: WriteRequest, tools: WriteTools): Promise<WrittenFile> {
  const readBlob = request.blobs && readerOf(request.blobs)
  const compiled = await withImportance(await compile(request.expression, tools.resolve, readBlob, tools.derived), request)
  const recipe = recipeOf(request)
  const output = await outputOf(path, request, compiled, tools.codec)
  const pool = tools.pool(output.plan)
  let sink: Sink | undefined
  let journal: Journal | undefined
  let hash: FollowingHash | undefined
  try {
    const { signal, onProgress, quick = false } = tools
    const found = quick ? [] : warningsOf(request, compiled, tools.codec, output.plan, pool, signal)
    // while the threads look for warnings, or start
    output.prepare?.()
    const warnings = [...compiled.warnings, ...(await found)]
    const known = journaled(path, recipe.hash)
    sink = output.open(provenance(request, compiled, warnings, recipe.text))(known.length > 0)
    if (!quick) hash = new FollowingHash(sink.files, sink.places, pool)
    journal = openJournal(path, recipe.hash, sink.resumed ? known : [])
    await writeTensors({ ...output, sink, pool, journal, hash, jobBlocks: tools.jobBlocks ?? 32, signal, onProgress })
    // the rest is hashed, and the header read back, while the disk takes what is left
    const [hashes = new Map<string, string>()] = await Promise.all([hash?.digests(), settled(journal, sink), sink.readBack?.()])
    await pool.close()
    await sink.finish()
    journal.remove()
    return {
      path: request.format === 'safetensors' ? weightsIn(path) : path,
      sizeBytes: sink.sizeBytes,
      tensors: sink.places.length,
      recipeHash: recipe.hash,
      warnings,
      hashes,
      resumed: journal.resumed,
    }
  } catch (error) {
    await pool.close()
    await hash?.stop()
    await journal?.settled().catch(() => undefined)
    sink?.discard()
    journal?.remove()
    throw error
  }
}

/** Everything is on the disk. What the journal is syncing need not be waited for before the rest is asked of the disk. */
async function settled(journal: Journal, sink: Sink): Promise<void> {
  await Promise.all([journal.settled(), sink.sync()])
}

async function warningsOf(
  { dtype, importance, format }: WriteRequest,
  compiled: Compiled,
  codec: Pick<Codec, 'canEncode'>,
  plan: Plan,
  pool: JobPool,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const licence = licenceNotice(originsOf(compiled.models, compiled.origins))
  const types = format === 'safetensors' ? [] : typeNotices(outputTensors(compiled, dtype, codec), dtype, importance !== undefined)
  return [...(await noticesOf(plan, pool, signal)), ...(licence === undefined ? [] : [licence]), ...types]
}

const originsOf = (models: readonly ModelRef[], metadata: Compiled['origins']): Origin[] =>
  models.map(({ name }, index) => ({ name, metadata: metadata[index] ?? new Map() }))

/** Throws `statistics-missing` for statistics without energies. */
async function withImportance(compiled: Compiled, { importance, blobs }: WriteRequest): Promise<Compiled> {
  if (importance === undefined || blobs === undefined) return compiled
  const place = await placeStatistics(readerOf(blobs), importance)
  if (!openTable(place).quantities.includes('energy'))
    throw missingStatistics('Writing by importance', 'energies of the columns', 'Wire Calibrate (activations) or Import importance matrix.')
  return { ...compiled, plan: { ...compiled.plan, statistics: { ...compiled.plan.statistics, [importance]: place }, importance } }
}

interface Output {
  readonly plan: Plan
  readonly leading: readonly Place[]
  readonly open: (from: Provenance) => (resume: boolean) => Sink
  /** does what can be done of `open` before it is known where the result comes from; neutral: nothing */
  readonly prepare?: () => void
}

async function outputOf(path: string, request: WriteRequest, compiled: Compiled, codec: Pick<Codec, 'canEncode'>): Promise<Output> {
  if (request.format !== 'safetensors')
    return {
      plan: compiled.plan,
      leading: compiled.leading,
      open: (from) => ggufSink(path, compiled, request.dtype, from, codec),
      prepare: () => encodeListsAhead(compiled.metadata),
    }
  const planned = await exportCheckpoint({
    name: request.name,
    metadata: compiled.metadata,
    plan: compiled.plan,
    types: checkpointTypes(compiled, request.dtype),
    checkpoint: compiled.checkpoint,
  })
  return {
    plan: planned.plan,
    leading: [],
    open: (from) => safetensorsSink(path, planned, provenanceTexts(from), request.shardBytes ?? defaultShardBytes),
  }
}

/** As Hugging Face's own tools cut. */
const defaultShardBytes = 5e9

function provenance(
  { name, expression }: WriteRequest,
  { models, origins, searches, plan }: Compiled,
  warnings: readonly string[],
  recipe: string,
): Provenance {
  const kept = Object.entries(plan.statistics ?? {}).map(([blob, place]): KeptStatistics => {
    const { quantities, made } = openTable(place)
    return { blob, quantities: [...quantities], ...(made ? { made } : {}) }
  })
  return {
    name,
    recipe,
    inputs: canonicalJson(models.map((model) => ({ name: model.name, sha256: model.id }))),
    seed: seedOf(expression),
    warnings,
    version: engineVersion,
    origins: originsOf(models, origins),
    ...(kept.length > 0 ? { statistics: canonicalJson(kept as unknown as Json) } : {}),
    ...(searches.length > 0 ? { search: canonicalJson(searches) } : {}),
  }
}

/** The seed of the outermost random step. */
function seedOf(expression: WeightsExpression): number {
  if (expression.op === 'merge') return expression.seed
  if (expression.op === 'prune') return expression.seed ?? seedOf(expression.of)
  return 0
}
