import { describe, expect, it } from 'vitest'
import { search } from './search'

const nodes = [
  { title: 'Retriever', words: ['RAG', 'search', 'BM25'], summary: 'Finds passages' },
  { title: 'Merger', words: ['TIES', 'DARE', 'soup'], summary: 'Combines weights' },
  { title: 'Model drafter', words: ['speculative'], summary: 'Guesses tokens' },
  { title: 'Text to documents', words: ['chunk', 'split', 'text'], summary: 'Makes documents' },
  { title: 'Split text', words: ['lines'], summary: 'Cuts a text' },
  { title: 'Drafter: n-gram', words: ['lookup'], summary: 'Repeats what was said' },
]
const find = (query: string) => search(nodes, query, (node) => node).map((node) => node.title)

describe('search', () => {
  it('puts the shorter of two titles that begin alike first', () => {
    const titles = [{ title: 'Retrieval scores' }, { title: 'Retriever' }, { title: 'Split text' }, { title: 'Text' }]
    expect(search(titles, 'retr', (node) => node).map(({ title }) => title)).toEqual(['Retriever', 'Retrieval scores'])
  })

  it('finds by words that are not in the title', () => {
    expect(find('rag')).toEqual(['Retriever'])
    expect(find('ties')).toEqual(['Merger'])
    expect(find('specul')).toEqual(['Model drafter'])
  })
  it('puts titles that begin with the query first', () => {
    expect(find('draft')).toEqual(['Drafter: n-gram', 'Model drafter'])
  })
  it('puts a title that is the query before one that only has its words', () => {
    expect(find('split text')[0]).toBe('Split text')
  })
  it('forgives a missing letter but not a wrong word', () => {
    expect(find('retrver')).toEqual(['Retriever'])
    expect(find('xyz')).toEqual([])
  })
  it('wants every word', () => {
    expect(find('model draft')).toEqual(['Model drafter'])
    expect(find('model ties')).toEqual([])
  })
  it('gives all in order for an empty query', () => {
    expect(find('')).toHaveLength(nodes.length)
  })
  it('takes signs literally', () => {
    expect(find('(.*')).toEqual([])
  })
})
