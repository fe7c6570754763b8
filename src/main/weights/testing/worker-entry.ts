import { resolve } from 'node:path'
import { build } from 'vite'

/** Builds the thread's entry as the application's build does, and gives its path: threads run plain JavaScript. */
export async function buildWorkerEntry(): Promise<string> {
  const outDir = resolve('node_modules/.cache/tributary', `merge-worker-${process.pid}`)
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: resolve('src/main/merge-worker.ts'),
      outDir,
      emptyOutDir: true,
      minify: false,
      rollupOptions: { output: { format: 'es', entryFileNames: 'merge-worker.mjs' } },
    },
  })
  return resolve(outDir, 'merge-worker.mjs')
}
