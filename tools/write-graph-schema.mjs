/** Writes the published JSON Schema of graph files: `node tools/write-graph-schema.mjs`. A test fails when the file is not current. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { runnerImport } from 'vite'

const { module } = await runnerImport('/src/shared/graph/json-schema.ts', { configFile: false, logLevel: 'error' })
mkdirSync('resources/schema', { recursive: true })
writeFileSync('resources/schema/graph.schema.json', `${JSON.stringify(module.graphJsonSchema(), null, 2)}\n`)
