import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSentences } from './sentences'

const sentences = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end))

describe('splitting sentences', () => {
  it.each<[string, string, string[]]>([
    ['plain stops', 'One ends. Two asks? Three cries!', ['One ends.', 'Two asks?', 'Three cries!']],
    ['titles and initials', 'J. R. R. Tolkien met Dr. Smith. They talked.', ['J. R. R. Tolkien met Dr. Smith.', 'They talked.']],
    ['decimals and money', 'It costs $3.50 today. Version 2.0 is out.', ['It costs $3.50 today.', 'Version 2.0 is out.']],
    [
      'acronyms inside and at the end',
      'The U.S. Senate met. He lives in the U.S. The rest stayed.',
      ['The U.S. Senate met.', 'He lives in the U.S.', 'The rest stayed.'],
    ],
    [
      'abbreviations before a name',
      'Acme Inc. Japan grew, e.g. Osaka. It closed at 5 p.m. We left.',
      ['Acme Inc. Japan grew, e.g. Osaka.', 'It closed at 5 p.m.', 'We left.'],
    ],
    ['quotations', 'He said "Stop." Then he left. "Why?" she asked.', ['He said "Stop."', 'Then he left.', '"Why?" she asked.']],
    [
      'texts without capitals',
      'the red key is in oslo. the blue cup is in rome. where?',
      ['the red key is in oslo.', 'the blue cup is in rome.', 'where?'],
    ],
    ['lists', '- one thing\n- two things\n1. First. 2 more', ['- one thing', '- two things', '1. First.', '2 more']],
    ['headings', '# The title\nA sentence.\n\n## Next\nMore', ['# The title', 'A sentence.', '## Next', 'More']],
    ['short lines as statements', 'Open: 9-17\nPhone: 12', ['Open: 9-17', 'Phone: 12']],
    [
      'hard-wrapped lines as one',
      'This sentence is wrapped by hand in an editor of old,\nand it goes on here. Then comes another.',
      ['This sentence is wrapped by hand in an editor of old,\nand it goes on here.', 'Then comes another.'],
    ],
    ['Chinese', '今天天气很好。我们去公园吧！好吗？', ['今天天气很好。', '我们去公园吧！', '好吗？']],
    ['ellipses', 'Well... maybe. Or not... Perhaps.', ['Well... maybe.', 'Or not...', 'Perhaps.']],
    ['a stop before a lower-case word', 'Yahoo! is a company. It grew.', ['Yahoo! is a company.', 'It grew.']],
    ['the pronoun I', 'So did I. We left.', ['So did I.', 'We left.']],
    ['nothing', ' \n ', []],
  ])('keeps %s', (_, text, expected) => {
    expect(sentences(text)).toEqual(expected)
  })

  it('loses nothing but white space, whatever the text', () => {
    const pieces = fc.array(fc.constantFrom('A', 'b', 'Dr', '. ', '.', '\n', '\n\n', '? ', '"', '- ', '# ', '。', '7', ' ', 'é'), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('')
        let at = 0
        for (const { start, end } of splitSentences(text)) {
          expect(text.slice(at, start).trim()).toBe('')
          expect(end).toBeGreaterThan(start)
          expect(text.slice(start, end)).toBe(text.slice(start, end).trim())
          at = end
        }
        expect(text.slice(at).trim()).toBe('')
      }),
    )
  })
})
