import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ModelRef } from '../../shared/value'
import type { ModelMemory } from './host-protocol'
import type { OwnedModelPool } from './pool'
import { createToyPool, quietCall, starterFolder } from './testing'

/**
 * What the host says a model takes, contexts included, against what the system says that its process grew by. Where the starter model was fetched, on systems
 * that tell (`/proc`). Leases are held against the first figure, so it must be about the second, in which JavaScript's own memory is too; what llama.cpp says of its
 * buffers is held against it more closely in `lane-memory.models.test.ts`.
 */
const path = join(starterFolder(), 'SmolLM2-135M-Instruct.Q4_1.gguf')
const canTell = existsSync(path) && existsSync('/proc/self/status')
const residentBytes = (pid: number): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN)

describe.skipIf(!canTell)('the memory of a model', () => {
  let pool: OwnedModelPool | undefined
  afterAll(() => pool?.close())

  it('is told as the process of the models grows by it, weights, context and scratch together', async () => {
    let told: readonly ModelMemory[] = []
    pool = await createToyPool({ device: 'cpu' }, (models) => {
      told = models
    })
    const toy: ModelRef = { backend: 'llama-cpp', id: 'toy:toy-base', name: 'toy-base' }
    const smollm2: ModelRef = { backend: 'llama-cpp', id: path, name: 'smollm2', sizeBytes: statSync(path).size }
    // Loading anything first brings the libraries themselves into memory.
    await write(pool, toy, 'story:', 4)
    const before = { resident: residentBytes(pool.local.host.pid!), told: sum(told) }

    await write(pool, smollm2, 'The river rose in the night, and '.repeat(60), 64)
    const grown = residentBytes(pool.local.host.pid!) - before.resident
    const said = sum(told) - before.told
    console.log(`told ${mebibytes(said)} MiB, grown by ${mebibytes(grown)} MiB`)
    expect(said / grown).toBeGreaterThan(0.85)
    expect(said / grown).toBeLessThan(1.15)
  })
})

const sum = (models: readonly ModelMemory[]): number => models.reduce((total, { memoryBytes }) => total + memoryBytes, 0)
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)

const write = (pool: OwnedModelPool, model: ModelRef, text: string, maxTokens: number) =>
  pool.decode(
    {
      expression: { op: 'lm', model, prompt: { kind: 'text', text } },
      sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
      maxTokens,
      stop: [],
      seed: 1,
    },
    quietCall(),
  )
