import { renderToStaticMarkup } from 'react-dom/server'
import Markdown from 'react-markdown'
import { describe, expect, it } from 'vitest'
import { safeMarkdown } from './safe-markdown'

/** What models and documents write is text: nothing in it is fetched, run, or followed by itself. */
const hosts = ['http://evil.test/x', 'https://evil.test/x.png', '//evil.test/x', 'javascript:alert(1)', 'data:text/html,<script>1</script>']
const texts = [
  ...hosts.flatMap((host) => [
    `![seen](${host})`,
    `![seen][1]\n\n[1]: ${host}`,
    `[![seen](${host})](${host})`,
    `<img src="${host}" onerror="alert(1)">`,
    `<a href="${host}" onclick="alert(1)">press</a>`,
    `<iframe src="${host}"></iframe>`,
    `<link rel="stylesheet" href="${host}">`,
    `<object data="${host}"></object><embed src="${host}">`,
    `[press](${host} "title")`,
  ]),
  '<script>alert(1)</script>',
  '<svg onload="alert(1)"><use href="#x"/></svg>',
  '<style>@import "http://evil.test/x.css";</style>',
  '<form action="http://evil.test"><input autofocus onfocus="alert(1)"></form>',
  '<meta http-equiv="refresh" content="0;url=http://evil.test">',
  '[x](JaVaScRiPt:alert(1))',
  '[x](vbscript:msgbox(1))',
  '<details open ontoggle="alert(1)">x</details>',
]

describe('what a model writes', () => {
  it.each(texts)('%s', (text) => {
    const shown = renderToStaticMarkup(<Markdown components={safeMarkdown}>{text}</Markdown>)
    const tags = [...shown.matchAll(/<([a-z]+)((?:[^>"]|"[^"]*")*)>/g)]
    for (const [, tag, attributes = ''] of tags) {
      expect(['p', 'span', 'a', 'br', 'em', 'strong', 'code', 'pre', 'ul', 'ol', 'li', 'h1', 'h2']).toContain(tag)
      expect(attributes).not.toMatch(/\s(on\w+|src|style|srcset|action|data)=/)
      // a link needs a press, says where it goes, and goes out by https only
      if (tag === 'a')
        expect(attributes).toMatch(/^ href="https:\/\/[^"]*" target="_blank" rel="noreferrer noopener" title="https:\/\/[^"]*"$/)
      else expect(attributes).not.toContain('href')
    }
  })
})
