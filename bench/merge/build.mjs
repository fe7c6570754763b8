import { resolve } from 'node:path'
import { build } from 'vite'

/** Builds bench/merge/run.ts and the merge worker; gives their paths, the one to run first. */
export async function buildBench() {
  const outDir = resolve('node_modules/.cache/tributary-bench-merge')
  const entries = [
    ['bench/merge/run.ts', 'run'],
    ['src/main/merge-worker.ts', 'merge-worker'],
  ]
  for (const [entry, name] of entries)
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
  return entries.map(([, name]) => resolve(outDir, `${name}.mjs`))
}
