/** Builds bench/merge/run.ts and the merge worker, then runs them: `node bench/merge/start.mjs [methods] [threads] [models] [large|small|FOLDER] [quick]`. */

import { spawnSync } from 'node:child_process'
import { buildBench } from './build.mjs'

const { status } = spawnSync(process.execPath, [...(await buildBench()), ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(status ?? 1)
