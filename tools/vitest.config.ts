import { availableParallelism, totalmem } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take the time of something, or the memory of a process as the system tells it: nothing else runs beside them. */
const alone = [
  'src/main/api/traces.test.ts',
  'src/main/executor/{executor,failures}.test.ts',
  'src/main/llama/{lane-memory,plan-tap,steadiness,template-worker}.models.test.ts',
  'src/main/models/{host-client,llama-cpp,long-life,memory}.models.test.ts',
  'src/renderer/tokens/tokens.test.ts',
]

/**
 * Files of which one takes as long as a hundred others: begun last, each would be waited for by an idle processor. Vitest orders by what it remembers of
 * the last run, which a clean clone does not have.
 */
const longest = [
  'src/main/templates.models.test.ts',
  'src/main/systems/demonstrations.merging.models.test.ts',
  'src/main/systems/demonstrations.ensemble.models.test.ts',
  'src/main/systems/demonstrations.cooperation.models.test.ts',
  'src/main/nodes/merging/adapted-candidates.models.test.ts',
  'src/main/decoding/decode.models.test.ts',
  'src/main/decoding/embedding/starter.models.test.ts',
  'src/main/decoding/laws.test.ts',
  'src/main/weights/write-model.test.ts',
  'src/main/weights/kernels/rank-guess.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => longest.findIndex((path) => moduleId.endsWith(path)) >>> 0
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

const models = 'src/**/*.models.test.ts'
const isOnModels = (path: string): boolean => path.endsWith('.models.test.ts')

/** A worker for each processor while there are 4 GiB for each: a starter model that is merged takes less than half of that. */
const maxWorkers = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 2 ** 32)))
const beside = { maxWorkers, sequence: { groupOrder: 1 } }
// Vitest runs what may have nothing beside it after all groups.
const after = { fileParallelism: false }
// A process for each file, not a thread: files have folders by their process, ask what their process used of processor and memory, and load libllama.
const own = { environment: 'node', pool: 'forks' } as const
// Not a measure of speed: a machine that does much else is slow, and a test that hangs should still end.
const unit = { ...own, testTimeout: 60_000 } as const
const onModels = { ...own, testTimeout: 120_000, hookTimeout: 120_000 } as const

/**
 * Two speeds: `unit` needs no model and no network; `models` runs the toys (and starter models where fetched) through libllama. Of both, most files run one
 * beside another, and what measures runs alone after them; `--project 'models*'` takes both kinds.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...unit,
          ...beside,
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          exclude: [...configDefaults.exclude, models, ...alone],
        },
      },
      { test: { ...unit, ...after, name: 'unit-alone', include: alone.filter((path) => !isOnModels(path)) } },
      {
        test: {
          ...onModels,
          ...beside,
          name: 'models',
          include: [models],
          exclude: [...configDefaults.exclude, ...alone],
          // its share is one processor
          env: { TRIBUTARY_TEST_THREADS: '1' },
        },
      },
      { test: { ...onModels, ...after, name: 'models-alone', include: alone.filter(isOnModels) } },
    ],
  },
})
