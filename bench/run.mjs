/** Runs a benchmark of this folder: `node bench/run.mjs NAME`. Sources go through Vite as in the application. */
import { runnerImport } from 'vite'

const [name] = process.argv.slice(2)
if (name === undefined) {
  console.error('usage: node bench/run.mjs NAME   (a file NAME.bench.ts of this folder)')
  process.exit(2)
}
const { module } = await runnerImport(`./bench/${name}.bench.ts`, { configFile: false, logLevel: 'error' })
await module.default(process.argv.slice(3))
