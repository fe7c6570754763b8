import { expect, it } from 'vitest'
import type { GgufMetadata, GgufValue } from '../gguf/types/header'
import { licenceNotice, originKeys } from './origins'

const text = (value: string): GgufValue => ({ type: 'string', value })
const of = (entries: Record<string, GgufValue>): GgufMetadata => new Map(Object.entries(entries))
const plain = (keys: ReturnType<typeof originKeys>) => Object.fromEntries([...keys].map(([key, { value }]) => [key, value]))

const apache = {
  name: 'a.gguf',
  metadata: of({ 'general.name': text('Model A'), 'general.license': text('apache-2.0'), 'general.version': text('1.1') }),
}
const mit = {
  name: 'b.gguf',
  metadata: of({
    'general.license': text('mit'),
    'general.tags': { type: 'array', items: 'string', value: ['chat', 'merge'] },
    'general.organization': text('B'),
  }),
}
const silent = { name: 'c', metadata: of({}) }

it('names the sources as GGUF does, joins their licences and adds a tag', () => {
  expect(plain(originKeys([apache, mit]))).toEqual({
    'general.base_model.count': 2,
    'general.base_model.0.name': 'Model A',
    'general.base_model.0.version': '1.1',
    'general.base_model.1.name': 'b.gguf',
    'general.base_model.1.organization': 'B',
    'general.license': 'apache-2.0 AND mit',
    'general.tags': ['chat', 'merge'],
  })
})

it('tells of licences that a person must look at, and of no others', () => {
  expect(licenceNotice([apache, mit])).toMatch(/different licences \(apache-2\.0 AND mit\)/)
  expect(licenceNotice([apache, silent])).toBe('Of the sources, c names no licence; the result names apache-2.0.')
  expect(licenceNotice([apache, apache])).toBeUndefined()
  expect(licenceNotice([silent])).toBeUndefined()
  expect(plain(originKeys([silent]))).toEqual({
    'general.base_model.count': 1,
    'general.base_model.0.name': 'c',
    'general.tags': ['merge'],
  })
})
