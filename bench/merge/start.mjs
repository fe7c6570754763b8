/** Builds bench/merge/run.ts and the merge worker, then runs them: `node bench/merge/start.mjs [methods] [threads] [models] [large|small]`. */

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from 'vite'

const outDir = resolve('node_modules/.cache/tributary-bench-merge')
for (const [entry, name] of [
  ['bench/merge/run.ts', 'run'],
  ['src/main/merge-worker.ts', 'merge-worker'],
])
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: resolve(entry),
      outDir,
      emptyOutDir: false,
      minify: false,
      rollupOptions: { output: { format: 'es', entryFileNames: `${name}.mjs` } },
    },
  })
const { status } = spawnSync(
  process.execPath,
  [resolve(outDir, 'run.mjs'), resolve(outDir, 'merge-worker.mjs'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
