import { describe, expect, it } from 'vitest'
import { document, newFolder, noDiff, open, refusal } from './testing'

describe('graphs', () => {
  it('are created with revision 1 and listed, the last edited first', () => {
    let now = 1
    const { graphs } = open(newFolder(), { now: () => now })
    expect(graphs.create(document('a', 'First')).revision).toBe(1)
    now = 2
    graphs.create(document('b', 'Second'))
    expect(graphs.list().map(({ name }) => name)).toEqual(['Second', 'First'])
  })

  it('refuse an id that is taken, also by a deleted one', () => {
    const { graphs } = open()
    graphs.create(document('a'))
    graphs.delete('a')
    expect(refusal(() => graphs.create(document('a'))).code).toBe('graph-conflict')
  })

  it('journal an edit in the transaction that stores the document', () => {
    const { graphs, journal } = open()
    graphs.create(document('a'))
    expect(graphs.edit({ id: 'a', revision: 1, document: document('a', 'New'), diff: noDiff, label: 'Rename' })).toBe(2)
    expect(graphs.get('a')).toMatchObject({ revision: 2, document: { name: 'New' } })
    expect(journal.list('a')).toMatchObject([{ revision: 2, label: 'Rename' }])
  })

  it('refuse an edit of an older revision and change nothing', () => {
    const { graphs, journal } = open()
    graphs.create(document('a'))
    graphs.edit({ id: 'a', revision: 1, document: document('a', 'One'), diff: noDiff, label: '' })
    expect(refusal(() => graphs.edit({ id: 'a', revision: 1, document: document('a', 'Two'), diff: noDiff, label: '' }))).toMatchObject({
      code: 'graph-conflict',
      details: { revision: 2 },
    })
    expect(graphs.get('a').document.name).toBe('One')
    expect(journal.list('a')).toHaveLength(1)
  })

  it('say when a graph is not there', () => {
    const { graphs } = open()
    expect(refusal(() => graphs.get('zzz')).code).toBe('graph-not-found')
    expect(refusal(() => graphs.edit({ id: 'z', revision: 1, document: document('z'), diff: noDiff, label: '' })).code).toBe(
      'graph-not-found',
    )
  })

  it('come back after a deletion until they are purged', () => {
    let now = 1000
    const { graphs } = open(newFolder(), { now: () => now })
    graphs.create(document('a'))
    graphs.delete('a')
    expect(graphs.has('a')).toBe(false)
    expect(graphs.undelete('a').id).toBe('a')
    graphs.delete('a')
    now = 2000
    expect(graphs.purge(1500)).toBe(1)
    expect(refusal(() => graphs.undelete('a')).code).toBe('graph-not-found')
  })

  it('keep typed inputs apart from the document', () => {
    const { graphs } = open()
    graphs.create(document('a'))
    expect(graphs.inputs('a')).toEqual({})
    graphs.setInputs('a', { question: 'why' })
    expect(graphs.inputs('a')).toEqual({ question: 'why' })
    expect(graphs.get('a').revision).toBe(1)
  })

  it('trim the journal to its newest entries', () => {
    const { graphs, journal } = open()
    graphs.create(document('a'))
    for (let revision = 1; revision <= 10; revision++) graphs.edit({ id: 'a', revision, document: document('a'), diff: noDiff, label: '' })
    journal.trim(3)
    expect(journal.list('a').map(({ revision }) => revision)).toEqual([9, 10, 11])
  })
})
