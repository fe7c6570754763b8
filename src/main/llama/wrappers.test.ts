import { describe, expect, it } from 'vitest'
import { wrapMessages, wrapperFor } from './wrappers'

const messages = [
  { role: 'system', content: 'S' },
  { role: 'user', content: 'U' },
  { role: 'assistant', content: 'A' },
  { role: 'user', content: 'V' },
] as const

describe('built-in forms of a chat', () => {
  it.each([
    [
      'ChatML',
      '<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n<|im_start|>user\nV<|im_end|>\n<|im_start|>assistant\n',
    ],
    [
      'Gemma',
      '<start_of_turn>user\nS\n\nU<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n<start_of_turn>user\nV<end_of_turn>\n<start_of_turn>model\n',
    ],
    ['Mistral', '[INST] S\n\nU [/INST] A</s>[INST] V [/INST]'],
    ['plain', 'S\n\nUser: U\n\nAssistant: A\n\nUser: V\n\nAssistant:'],
  ])('%s', (name, text) => {
    expect(wrapMessages(name, messages)).toBe(text)
  })

  it('Llama 3 has headers for every role', () => {
    expect(wrapMessages('Llama 3', messages)).toMatch(
      /^<\|start_header_id\|>system<\|end_header_id\|>\n\nS<\|eot_id\|>.*assistant<\|end_header_id\|>\n\n$/s,
    )
  })

  it('are chosen by the tokens that the vocabulary has, all of them', () => {
    const withTokens = (...tokens: string[]) => wrapperFor((token) => tokens.includes(token))
    expect(withTokens('<|im_start|>', '<|im_end|>')).toBe('ChatML')
    expect(withTokens('<|im_start|>')).toBe('plain')
    expect(withTokens('[INST]', '[/INST]')).toBe('Mistral')
    expect(withTokens()).toBe('plain')
  })

  it('keep a system message that stands alone', () => {
    expect(wrapMessages('Mistral', [{ role: 'system', content: 'S' }])).toBe('[INST] S [/INST]')
  })
})
