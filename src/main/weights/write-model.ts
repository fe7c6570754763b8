import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { WeightsExpression } from '../../shared/expression'
import { canonicalJson, type JsonObject } from '../../shared/json'
import type { ModelRef } from '../../shared/value'
import type { Codec } from './convert/codec'
import { type Compiled, compile, type ReadBlob } from './engine/compile'
import { Coordinator } from './engine/coordinate'
import type { JobPool } from './engine/job'
import { type OutputTensor, outputMetadata, outputTensors } from './engine/output'
import type { Plan, PlanTensor } from './engine/plan'
import { openBytes } from './gguf/bytes/file-bytes'
import type { GgufHeader } from './gguf/types/header'
import { type EncodedHeader, encodeHeader } from './gguf/write/encode-header'
import { openPart, type PartFile } from './gguf/write/part-file'
import { validateWritten } from './gguf/write/write-gguf'

/** Part of every recipe: a change of the engine that changes bytes changes it. */
export const engineVersion = '1'

export interface WriteRequest {
  readonly expression: WeightsExpression
  readonly name: string
  /** `keep`, or a ggml type */
  readonly dtype: string
  /** what to keep beside the expression, such as the graph that asked; no paths */
  readonly recipe: JsonObject
  /** where statistics that the expression names are read */
  readonly blobs?: { readonly get: ReadBlob }
}

export interface WriteTools {
  readonly resolve: (ref: ModelRef) => Promise<{ readonly path: string }>
  /** what the threads can write */
  readonly codec: Pick<Codec, 'canEncode'>
  readonly pool: (plan: Plan) => JobPool
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** blocks of 65,536 elements that one job takes; changes nothing in the result */
  readonly jobBlocks?: number
}

export interface WrittenFile {
  readonly header: GgufHeader
  readonly recipeHash: string
  readonly warnings: readonly string[]
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
    ...request.recipe,
  })
  return { text, hash: createHash('sha256').update(text).digest('hex') }
}

/**
 * Evaluates a weights expression into a GGUF at `path`, a few row blocks of each tensor in memory at a time. Everything is checked before a byte is
 * written; the file gets its name only when it is whole and read back. An abort leaves nothing; after a kill the next equal request goes on where
 * the last synced tensor ended.
 */
export async function writeModel(path: string, request: WriteRequest, tools: WriteTools): Promise<WrittenFile> {
  const compiled = await compile(request.expression, tools.resolve, request.blobs?.get)
  const tensors = outputTensors(compiled, request.dtype, tools.codec)
  const recipe = recipeOf(request)
  const encoded = encodeHeader(outputMetadata(compiled.metadata, request.dtype, provenance(request, compiled, recipe.text)), tensors)
  const journal = openJournal(path, recipe.hash)
  const part = openPart(path, encoded.fileSize, { resume: journal.done.size > 0 })
  const pool = tools.pool(compiled.plan)
  try {
    part.write(encoded.bytes, 0)
    await writeTensors({ compiled, tensors, encoded, part, pool, journal, tools })
    await pool.close()
    let header: GgufHeader | undefined
    await part.finish(async (partPath) => {
      header = await validateWritten(partPath, encoded)
    })
    journal.remove()
    return { header: header as GgufHeader, recipeHash: recipe.hash, warnings: compiled.warnings, resumed: journal.resumed }
  } catch (error) {
    await pool.close()
    part.discard()
    journal.remove()
    throw error
  }
}

function provenance(request: WriteRequest, { models, warnings }: Compiled, recipe: string) {
  const inputs = canonicalJson(models.map(({ id, name }) => ({ name, sha256: id })))
  return { name: request.name, recipe, inputs, seed: seedOf(request.expression), warnings, version: engineVersion }
}

/** The seed of the outermost random step. */
function seedOf(expression: WeightsExpression): number {
  if (expression.op === 'merge') return expression.seed
  if (expression.op === 'prune') return expression.seed ?? seedOf(expression.of)
  return 0
}

interface Writing {
  readonly compiled: Compiled
  readonly tensors: readonly OutputTensor[]
  readonly encoded: EncodedHeader
  readonly part: PartFile
  readonly pool: JobPool
  readonly journal: Journal
  readonly tools: WriteTools
}

async function writeTensors({ compiled, tensors, encoded, part, pool, journal, tools }: Writing): Promise<void> {
  const { plan } = compiled
  const coordinator = new Coordinator(plan, pool, tools.jobBlocks ?? 32)
  const total = encoded.fileSize
  let done = 0
  let failed = false
  const queue = tensors.map((_, index) => index)
  const work = async (): Promise<void> => {
    for (let index = queue.shift(); index !== undefined && !failed; index = queue.shift()) {
      tools.signal?.throwIfAborted()
      const { offset, byteLength } = encoded.tensors[index] as EncodedHeader['tensors'][number]
      const tensor = tensors[index] as OutputTensor
      if (!journal.done.has(index)) {
        if (tensor.copy) copyBytes(compiled, index, part, offset)
        else await writeTensor(coordinator, pool, plan, index, { path: part.path, offset, type: tensor.type }, tools.signal)
        journal.finished(index, part)
      }
      done += byteLength
      tools.onProgress?.(done, total)
    }
  }
  // two tensors a thread are under way, so that passes of one overlap with writing of another
  const lanes = Array.from({ length: pool.threads * 2 }, () =>
    work().catch((error: unknown) => {
      failed = true
      throw error
    }),
  )
  const results = await Promise.allSettled(lanes)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function writeTensor(
  coordinator: Coordinator,
  pool: JobPool,
  plan: Plan,
  tensor: number,
  output: { path: string; offset: number; type: OutputTensor['type'] },
  signal: AbortSignal | undefined,
): Promise<void> {
  await coordinator.ensure(plan.root, tensor)
  const ranges = coordinator.rangesOf((plan.nodes[plan.root] as { tensors: readonly PlanTensor[] }).tensors[tensor] as PlanTensor)
  await Promise.all(
    ranges.map(async (range) => {
      signal?.throwIfAborted()
      await pool.run({ type: 'write', node: plan.root, tensor, ...range, output })
    }),
  )
}

const copyChunk = 8 * 2 ** 20

function copyBytes(compiled: Compiled, tensor: number, part: PartFile, offset: number): void {
  const from = compiled.leading[tensor] as Compiled['leading'][number]
  const file = openBytes(from.path)
  try {
    for (let at = 0; at < from.byteLength; at += copyChunk)
      part.write(file.read(from.offset + at, Math.min(copyChunk, from.byteLength - at)), offset + at)
  } finally {
    file.close()
  }
}

interface Journal {
  /** tensors that are safely in the part file */
  readonly done: ReadonlySet<number>
  readonly resumed: number
  finished(tensor: number, part: PartFile): void
  remove(): void
}

const syncEveryMs = 2000

/** Beside the part file: which tensors of which recipe are synced. A journal of another recipe, or without its part file, counts for nothing. */
function openJournal(path: string, recipe: string): Journal {
  const file = `${path}.part.json`
  const done = new Set(readJournal(file, `${path}.part`, recipe))
  const resumed = done.size
  let synced = performance.now()
  return {
    done: new Set(done),
    resumed,
    finished(tensor, part) {
      done.add(tensor)
      if (performance.now() - synced < syncEveryMs) return
      part.sync()
      writeFileSync(`${file}.new`, JSON.stringify({ recipe, done: [...done] }))
      renameSync(`${file}.new`, file)
      synced = performance.now()
    },
    remove: () => rmSync(file, { force: true }),
  }
}

function readJournal(file: string, part: string, recipe: string): number[] {
  if (!existsSync(file) || !existsSync(part)) return []
  try {
    const journal = JSON.parse(readFileSync(file, 'utf8')) as { recipe?: unknown; done?: unknown }
    return journal.recipe === recipe && Array.isArray(journal.done) ? journal.done.filter((index) => Number.isInteger(index)) : []
  } catch {
    return [] // half-written: the work starts again
  }
}
