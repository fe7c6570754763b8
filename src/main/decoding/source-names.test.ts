import { expect, test } from 'vitest'
import type { DistributionExpression, Prompt } from '../../shared/expression'
import { sourceNames } from './source-names'

const leaf = (name: string, prompt: string | Prompt, more: object = {}): DistributionExpression => ({
  op: 'lm',
  model: { id: `file:${name}`, name, backend: 'fake' },
  prompt: typeof prompt === 'string' ? { kind: 'text', text: prompt } : prompt,
  ...more,
})
const names = (...models: DistributionExpression[]): string[] => [
  ...sourceNames({ op: 'linear-mix', inputs: { models }, params: {} }).values(),
]

test('models of unlike names keep them', () => {
  expect(names(leaf('one', 'a'), leaf('two', 'a'))).toEqual(['one', 'two'])
})

test('one model under two prompts is told apart by where the prompts part', () => {
  expect(
    names(
      leaf('m', 'Read this. The key is in Rome. Where is it?'),
      leaf('m', 'Read this. The key is in Oslo. Where is it?'),
      leaf('n', 'x'),
    ),
  ).toEqual(['m, “Rome. Where is it?”', 'm, “Oslo. Where is it?”', 'n'])
})

test('a prompt that the others begin with shows its end, and long ones are cut', () => {
  expect(names(leaf('m', 'Where is the key?'), leaf('m', 'Where is the key? Somebody said that it could not be found anywhere.'))).toEqual([
    'm, “…Where is the key?”',
    'm, “Somebody said that it could…”',
  ])
})

test('chats, and one prompt under fewer experts', () => {
  const chat = (content: string): Prompt => ({ kind: 'chat', messages: [{ role: 'user', content }] })
  expect(names(leaf('m', chat('be kind')), leaf('m', chat('be rude')))).toEqual(['m, “kind”', 'm, “rude”'])
  expect(names(leaf('m', 'a'), leaf('m', 'a', { experts: 1 }))).toEqual(['m, all its experts', 'm, experts: 1'])
})

test('two files of one name are numbered, and the same leaf twice is one', () => {
  const other = { ...leaf('m', 'a'), model: { id: 'file:elsewhere', name: 'm', backend: 'fake' } } as DistributionExpression
  expect(names(leaf('m', 'a'), other, leaf('m', 'a'))).toEqual(['m', 'm (2)'])
})
