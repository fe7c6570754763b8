import { describe, expect, it } from 'vitest'
import { meet } from './wire'

describe('meet', () => {
  it('refuses with a sentence and names the node that converts', () => {
    expect(meet('documents', 'text')).toMatchObject({ ok: false, converter: 'documents-to-text' })
  })
  it('names a converter whose result is taken as it is: documents become text, and a chat takes text', () => {
    expect(meet('documents', 'messages')).toMatchObject({ ok: false, converter: 'documents-to-text' })
    expect(meet('distribution', 'messages')).toMatchObject({ ok: false, converter: 'decoder' })
  })
  it('offers nothing where no node helps', () => {
    expect(meet('number', 'weights')).not.toHaveProperty('converter')
  })
})
