import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { build } from 'vite'
import type { ModelRef } from '../../shared/value'
import type { HostSettings } from './host-protocol'
import type { Call, DecodeProgram } from './model'
import { createModelPool, type OwnedModelPool, type PoolOptions } from './pool'

/** For tests that use real models: the toys of `resources/toys`, a pool over them, and a model host built from the sources as they are. */

const sourceFolders = ['src/main/llama', 'src/main/decoding', 'src/main/models', 'src/main/weights', 'src/shared']

/** A reference to a toy by its file name without the ending, e.g. `toy-facts`. */
export const toyRef = (name: string): ModelRef => ({ backend: 'llama-cpp', id: `toy:${name}`, name })

/** A greedy program of one toy, for the parts that a test does not care about. */
export const toyProgram = (toy: string, text: string, more: Partial<DecodeProgram> = {}): DecodeProgram => ({
  expression: { op: 'lm', model: toyRef(toy), prompt: { kind: 'text', text } },
  sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  maxTokens: 24,
  stop: [],
  seed: 1,
  ...more,
})

export const quietCall = (): Call => ({ signal: new AbortController().signal })

/** Threads of a model host in a test: one where tests run side by side, else what the product takes by itself. */
export const testThreads = (): number => Number(process.env.TRIBUTARY_TEST_THREADS ?? 0)

/** A pool over the toys (and other files by absolute path as `name`). Close it after the tests. */
export async function createToyPool(
  settings: Partial<HostSettings> = {},
  onMemory: PoolOptions['onMemory'] = undefined,
  /** where a model lies that is lent for a moment, by its id */
  lent: (id: string) => string | undefined = () => undefined,
): Promise<OwnedModelPool> {
  return createModelPool({
    host: { entry: await buildHost(), execPath: process.execPath },
    settings: { device: 'cpu', threads: testThreads(), ...settings },
    ...(onMemory === undefined ? {} : { onMemory }),
    resolve: async (ref) => ({
      path: lent(ref.id) ?? (ref.id.startsWith('toy:') ? resolve('resources/toys', `${ref.id.slice(4)}.gguf`) : ref.id),
    }),
  })
}

/** The entry of the model host, built. */
export const buildHost = (): Promise<string> => builtOnce('src/main/host.ts')

/** Bundles an entry of a process or thread once for each state of the sources; several test processes may ask at the same time. */
export async function builtOnce(source: string): Promise<string> {
  const name = basename(source, '.ts')
  const folder = resolve('node_modules/.cache/tributary-tests', name, fingerprintOfSources())
  const entry = join(folder, `${name}.mjs`)
  if (existsSync(entry)) return entry
  const fresh = `${folder}.${process.pid}`
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: resolve(source),
      outDir: fresh,
      emptyOutDir: true,
      rollupOptions: { output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' } },
    },
  })
  forgetOldBuilds(resolve(folder, '..'))
  try {
    renameSync(fresh, folder)
  } catch {
    rmSync(fresh, { recursive: true, force: true }) // another process was faster
  }
  return entry
}

function fingerprintOfSources(): string {
  const hash = createHash('sha256')
  const files = sourceFolders.flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))))
  for (const file of [
    ...files,
    'src/main/host.ts',
    'src/main/host-inspect.ts',
    'src/main/host-embeddings.ts',
    'src/main/ggml-codec.ts',
    'src/main/derived-files.ts',
    'src/main/merge-worker.ts',
    'src/main/without-proto.ts',
  ].sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
    const { mtimeMs, size } = statSync(file)
    hash.update(`${file}:${mtimeMs}:${size};`)
  }
  return hash.digest('hex').slice(0, 16)
}

function forgetOldBuilds(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const hourAgo = Date.now() - 3_600_000
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < hourAgo) rmSync(path, { recursive: true, force: true })
  }
}

/** Where `npm test` keeps the starter models that it fetches; they may be absent. */
export const starterFolder = (): string =>
  join(process.env.TRIBUTARY_TEST_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tributary-test'), 'models')

/** A folder of its own for a test, outside the repository. */
export function temporaryFolder(name: string): string {
  const folder = join(tmpdir(), `tributary-${name}-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  return folder
}
