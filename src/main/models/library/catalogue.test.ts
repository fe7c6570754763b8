import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readGgufHeader } from '../../weights/gguf/read-header'
import { downloadBytes, loadCatalogue, requireCatalogueModel } from './catalogue'
import { checkCatalogue } from './check-catalogue'
import { factsOf } from './facts'
import { sha256OfFile } from './files'

const file = 'resources/models.json'

test('every shipped model is there, with the hash, size and facts that the catalogue says', async () => {
  const { models } = await loadCatalogue(file)
  const shipped = models.filter(({ sources }) => sources.some(({ kind }) => kind === 'shipped'))
  expect(shipped.length).toBeGreaterThanOrEqual(13)
  for (const model of shipped) {
    const source = model.sources.find(({ kind }) => kind === 'shipped')
    if (source?.kind !== 'shipped') throw new Error(model.id)
    const path = join('resources', source.file)
    const facts = factsOf(await readGgufHeader(path))
    expect([await sha256OfFile(path), (await stat(path)).size]).toEqual([model.sha256, model.sizeBytes])
    expect([facts.architecture, facts.parameters, facts.quantization, facts.contextTokens]).toEqual([
      model.architecture,
      model.parameters,
      model.quantization,
      model.contextTokens,
    ])
  }
})

test('every model that must be fetched has a hub address and a package, and says its licence', async () => {
  const { models } = await loadCatalogue(file)
  const fetched = models.filter(({ toy }) => !toy)
  expect(fetched.map(({ id }) => id)).toEqual(['smollm2-135m-instruct', 'gemma-3-270m', 'all-minilm-l6-v2'])
  for (const model of fetched) {
    expect(model.sources.map(({ kind }) => kind)).toEqual(['http', 'wheel'])
    for (const source of model.sources)
      if (source.kind === 'http') for (const url of Object.values(source.files)) expect(url).toMatch(/^https:\/\//)
    expect(model.licence.url).toMatch(/^https:/)
  }
})

test('the shipped catalogue is as a catalogue must be, and is loaded as it says', async () => {
  const checked = checkCatalogue(JSON.parse(await readFile(file, 'utf8')))
  expect((await loadCatalogue(file)).models).toEqual(checked.models)
})

test('the catalogue refuses a source that does not deliver what the model is made of', async () => {
  const json = JSON.parse(await readFile(file, 'utf8')) as { models: { id: string; sources: { files?: Record<string, unknown> }[] }[] }
  const minilm = json.models.find(({ id }) => id === 'all-minilm-l6-v2')!
  delete minilm.sources[0]!.files!['config.json']
  expect(() => checkCatalogue(json)).toThrow(/must deliver exactly/)
})

test('an unknown id is answered with the known ones', async () => {
  const catalogue = await loadCatalogue(file)
  expect(() => requireCatalogueModel(catalogue, 'smollm2')).toThrow(
    expect.objectContaining({ code: 'not-found', hint: expect.stringContaining('smollm2-135m') }),
  )
  expect(downloadBytes(catalogue.byId('toy-base')!)).toBe(0)
  expect(downloadBytes(catalogue.byId('smollm2-135m-instruct')!)).toBe(98_362_432)
})
