import { describe, expect, it } from 'vitest'
import { emptyDraft, faultOfDraft, idFor, withDraft, without } from './remote-servers'

const good = { id: 'lab', name: 'Lab', url: 'http://localhost:8080/v1', keyVariable: '' }
const one = { id: 'old', name: 'Old', url: 'https://old.example', keyVariable: 'OLD_KEY', hasKey: true }

describe('a remote server that is typed in', () => {
  it('is taken when it is whole', () => {
    expect(faultOfDraft(good, ['old'])).toBeUndefined()
  })

  it('is refused with a sentence that says why', () => {
    expect(faultOfDraft(emptyDraft, [])).toMatch(/name/)
    expect(faultOfDraft({ ...good, id: 'My Lab' }, [])).toMatch(/small letters/)
    expect(faultOfDraft(good, ['lab'])).toMatch(/taken/)
    expect(faultOfDraft({ ...good, url: 'ftp://host' }, [])).toMatch(/http/)
    expect(faultOfDraft({ ...good, url: 'localhost' }, [])).toMatch(/http/)
  })

  it('names a variable and never holds a key', () => {
    expect(faultOfDraft({ ...good, keyVariable: 'LAB_KEY' }, [])).toBeUndefined()
    expect(faultOfDraft({ ...good, keyVariable: 'sk-1234' }, [])).toMatch(/environment variable/)
  })

  it('gets an id from its name', () => {
    expect(idFor('My Lab (2)')).toBe('my-lab-2')
  })
})

describe('the list of servers', () => {
  it('stores nothing that only the house knows', () => {
    expect(withDraft([one], good)).toEqual([
      { id: 'old', name: 'Old', url: 'https://old.example', keyVariable: 'OLD_KEY' },
      { id: 'lab', name: 'Lab', url: 'http://localhost:8080/v1' },
    ])
  })

  it('keeps the place of what is edited, and loses what is removed', () => {
    expect(withDraft([one], { ...good, id: 'old' }, 'old')).toEqual([{ id: 'old', name: 'Lab', url: 'http://localhost:8080/v1' }])
    expect(without([one], 'old')).toEqual([])
  })
})
