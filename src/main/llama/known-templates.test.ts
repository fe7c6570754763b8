import { expect, it } from 'vitest'
import { readGgufHeader } from '../weights/gguf/read-header'
import { textOf } from '../weights/gguf/types/header'
import { familyOf, templateHash } from './known-templates'
import table from './known-templates.json'

it('takes line ends and blanks around a template for no difference, and a word for one', () => {
  expect(templateHash('a\r\nb\n')).toBe(templateHash('a\nb'))
  expect(templateHash('a\nc')).not.toBe(templateHash('a\nb'))
})

it('knows the template of the toys, and none by accident', async () => {
  const { metadata } = await readGgufHeader('resources/toys/toy-polite.gguf')
  const template = textOf(metadata, 'tokenizer.chat_template') as string
  expect(familyOf(templateHash(template))).toBe('the toys')
  expect(familyOf(templateHash(`${template}!`))).toBeUndefined()
  expect(familyOf('constructor')).toBeUndefined()
})

it('holds hashes and families', () => {
  const entries = Object.entries(table.templates)
  expect(entries.length).toBeGreaterThan(60)
  for (const [hash, family] of entries) expect([/^[0-9a-f]{32}$/.test(hash), family.length > 2]).toEqual([true, true])
})
