import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

/** Three builds: the house (five entries, one for each process), the preload bridge, and the window. */
export default defineConfig({
  main: {
    build: {
      sourcemap: true,
      // plain JavaScript goes into the bundle: a command starts by reading few files; what carries native code or workers of its own stays outside
      externalizeDeps: { exclude: ['zod', 'yaml', 'commander', 'csv-parse', 'diff'] },
      rollupOptions: {
        input: {
          index: resolve('src/main/index.ts'),
          cli: resolve('src/main/cli.ts'),
          host: resolve('src/main/host.ts'),
          'merge-worker': resolve('src/main/merge-worker.ts'),
        },
        output: { format: 'es' },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { index: resolve('src/preload/index.ts') },
        output: { format: 'cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: {
      minify: true,
      // a small font would become a data address, which the page's security policy refuses
      assetsInlineLimit: 0,
      rollupOptions: { input: { index: resolve('src/renderer/index.html') } },
    },
  },
})
