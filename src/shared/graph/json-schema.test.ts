import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { graphJsonSchema } from './json-schema'

describe('resources/schema/graph.schema.json', () => {
  it('is what the loader checks by; if not, run: node tools/write-graph-schema.mjs', () => {
    const published: unknown = JSON.parse(readFileSync('resources/schema/graph.schema.json', 'utf8'))
    expect(published).toEqual(JSON.parse(JSON.stringify(graphJsonSchema())))
  })

  it('asks only for what has no default', () => {
    expect(graphJsonSchema().required).toEqual(['format', 'version', 'id'])
  })
})
