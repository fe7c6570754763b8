import { Coordinator } from '../engine/coordinate'
import type { JobPool } from '../engine/job'
import type { Place, Plan, PlanTensor } from '../engine/plan'
import { openBytes } from '../gguf/bytes/file-bytes'
import type { FollowingHash } from './following-hash'
import type { Journal } from './journal'
import type { Sink, SinkPlace } from './sink'

export interface Writing {
  readonly plan: Plan
  /** for each tensor, where it is copied from if it is copied */
  readonly leading: readonly Place[]
  readonly sink: Pick<Sink, 'places' | 'sizeBytes' | 'write' | 'sync'>
  readonly pool: JobPool
  readonly journal: Pick<Journal, 'done' | 'finished'>
  /** told of every tensor that is in the file; neutral: nobody */
  readonly hash?: FollowingHash | undefined
  readonly jobBlocks: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Evaluates every tensor of the plan's root into its place, several at a time; those that the journal knows are left as they are. */
export async function writeTensors({ plan, leading, sink, pool, journal, hash, jobBlocks, signal, onProgress }: Writing): Promise<void> {
  const coordinator = new Coordinator(plan, pool, jobBlocks)
  let done = 0
  let failed = false
  const queue = sink.places.map((_, index) => index)
  const work = async (): Promise<void> => {
    for (let index = queue.shift(); index !== undefined && !failed; index = queue.shift()) {
      signal?.throwIfAborted()
      const place = sink.places[index] as SinkPlace
      if (!journal.done.has(index)) {
        if (place.copy) copyBytes(leading[index] as Place, index, sink)
        else await writeTensor(coordinator, pool, plan, index, place, signal)
        journal.finished(index, () => sink.sync())
      }
      hash?.finished(index)
      done += place.byteLength
      onProgress?.(done, sink.sizeBytes)
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
  { path, offset, type }: SinkPlace,
  signal: AbortSignal | undefined,
): Promise<void> {
  await coordinator.ensure(plan.root, tensor)
  const ranges = coordinator.rangesOf((plan.nodes[plan.root] as { tensors: readonly PlanTensor[] }).tensors[tensor] as PlanTensor)
  await Promise.all(
    ranges.map(async (range) => {
      signal?.throwIfAborted()
      await pool.run({ type: 'write', node: plan.root, tensor, ...range, output: { path, offset, type } })
    }),
  )
}

const copyChunk = 8 * 2 ** 20

function copyBytes(from: Place, tensor: number, sink: Pick<Sink, 'write'>): void {
  if (from.numbers) {
    sink.write(tensor, new Uint8Array(from.numbers.slice().buffer), 0)
    return
  }
  const file = openBytes(from.path)
  try {
    for (let at = 0; at < from.byteLength; at += copyChunk)
      sink.write(tensor, file.read(from.offset + at, Math.min(copyChunk, from.byteLength - at)), at)
  } finally {
    file.close()
  }
}
