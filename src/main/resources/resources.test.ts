import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createResources, type ResourceTable } from '.'
import { textOfHtml } from './readers/html'
import { safeName } from './uploads'

const root = mkdtempSync(join(tmpdir(), 'tributary-resources-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let number = 0
let folder = ''
beforeEach(() => {
  number += 1
  folder = join(root, `f${number}`)
  mkdirSync(folder)
})

const put = (name: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

function table(): ResourceTable {
  const rows = new Map<string, Parameters<ResourceTable['put']>[0]>()
  return {
    put: (row) => void rows.set(row.id, row),
    find: (id) => rows.get(id),
    findByPath: (path) => [...rows.values()].find((row) => row.path === path),
    list: () => [...rows.values()],
    remove: (id) => void rows.delete(id),
  }
}
const room = () => createResources({ table: table(), samplesFolder: join(root, 'samples'), dataFolder: join(root, `data${number}`) })
const { signal } = new AbortController()

async function readFolder() {
  const resources = room()
  const { id } = await resources.addPath(folder, 'folder', 'f')
  return resources.documents(id, signal)
}

/** A PDF of one page that says so, written by hand. */
function tinyPdf(text: string): string {
  const stream = `BT /F1 12 Tf 72 700 Td (${text}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const at = body.length
    body += `${index + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const xref = body.length
  body += `xref\n0 6\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`
  return `${body}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF`
}

describe('documents of a folder', () => {
  it('come from every known kind of file, by name, with titles', async () => {
    put('a.txt', 'plain\r\ntext')
    put('b.md', '---\ntitle: "Front"\n---\n# Head\nBody')
    put('sub/c.html', '<head><title>A &amp; B</title></head><p>One</p><script>no()</script><p>Two</p>')
    put('d.csv', 'title,text\nT1,"row, one"\nT2,row two\n')
    put('e.jsonl', '{"id":"x","note":"n"}\n\n')
    put('f.pdf', tinyPdf('Hello from a page'))
    put('skipped.bin', 'zzz')
    const documents = await readFolder()
    expect(documents.map(({ id, title, text }) => [id, title, text])).toEqual([
      ['a.txt', 'a', 'plain\ntext'],
      ['b.md', 'Front', '# Head\nBody'],
      ['d.csv#1', 'T1', 'row, one'],
      ['d.csv#2', 'T2', 'row two'],
      ['e.jsonl#x', 'e, row 1', 'id: x\nnote: n'],
      ['f.pdf#page=1', 'f, page 1', 'Hello from a page'],
      ['sub/c.html', 'A & B', 'One\n\nTwo'],
    ])
    expect(documents.every(({ source }) => source !== undefined && !source.includes(root))).toBe(true)
  })
  it('leave hidden files out and never follow a link', async () => {
    put('.hidden.txt', 'no')
    put('.git/x.txt', 'no')
    put('yes.txt', 'yes')
    writeFileSync(join(root, 'outside.txt'), 'secret')
    symlinkSync(join(root, 'outside.txt'), join(folder, 'link.txt'))
    symlinkSync(root, join(folder, 'loop'))
    expect((await readFolder()).map(({ id }) => id)).toEqual(['yes.txt'])
  })
  it('that is empty, or has no text, is said to be so', async () => {
    await expect(readFolder()).rejects.toMatchObject({ code: 'data-empty', message: expect.stringContaining('is empty') })
    put('blank.txt', ' \n')
    await expect(readFolder()).rejects.toMatchObject({ code: 'data-empty' })
  })
  it.each<[string, string, string | Uint8Array]>([
    ['text in an unknown encoding', 'bad.txt', Uint8Array.from([0x61, 0xff, 0xfe, 0x80])],
    ['a broken line', 'bad.jsonl', '{"a":1}\n{"a":'],
    ['a PDF that is none', 'bad.pdf', 'no pdf at all'],
  ])('with %s is refused by a sentence that names the file', async (_, name, content) => {
    put(name, content)
    await expect(readFolder()).rejects.toMatchObject({ code: 'file-format', message: expect.stringContaining(name), place: { file: name } })
  })
  it('that went away is named too', async () => {
    const resources = room()
    const { id } = await resources.addPath(folder, 'folder', 'f')
    rmSync(folder, { recursive: true })
    await expect(resources.documents(id, signal)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('is not there'),
    })
  })
  it('in UTF-16 with a mark are read', async () => {
    put('wide.txt', Buffer.from('\ufeffwide', 'utf16le'))
    expect((await readFolder())[0]?.text).toBe('wide')
  })
})

describe('tables', () => {
  const datasetOf = async (name: string, content: string) => {
    put(name, content)
    const resources = room()
    const { id } = await resources.addPath(join(folder, name), 'file', name)
    return resources.dataset(id, signal)
  }
  it('of csv take any common separator, quotes, and rows of any length', async () => {
    expect(await datasetOf('t.csv', 'q;q;\n"a;b";2\nc\n')).toEqual({
      name: 't',
      columns: ['q', 'q 2', 'column 3'],
      rows: [
        { q: 'a;b', 'q 2': '2', 'column 3': '' },
        { q: 'c', 'q 2': '', 'column 3': '' },
      ],
    })
  })
  it('of csv say what is wrong with them', async () => {
    await expect(datasetOf('t.csv', 'q,a\n"open,1\n')).rejects.toThrow(
      '“t.csv” cannot be read: a quotation mark opens a cell and none closes it.',
    )
  })
  it('of jsonl keep their values, and a name that every object has is only a name', async () => {
    const dataset = await datasetOf('t.jsonl', '{"a":1,"__proto__":2}\n"x"')
    expect(dataset.columns).toEqual(['a', '__proto__', 'value'])
    expect(dataset.rows[0]).toHaveProperty('a', 1)
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })
  it('are not found in text', async () => {
    await expect(datasetOf('t.txt', 'x')).rejects.toMatchObject({ code: 'file-format' })
  })
})

describe('the room', () => {
  it('knows data by id only, and refuses paths dressed as ids', async () => {
    const resources = room()
    for (const id of ['data:nobody', 'sample:../x', 'sample:..', '/etc/passwd', 'data:../../x', 'file:x', ''])
      await expect(resources.documents(id, signal)).rejects.toMatchObject({ code: 'not-found' })
  })
  it('gives the same folder the same id, and a fingerprint of its content', async () => {
    put('a.txt', 'one')
    const resources = room()
    const { id } = await resources.addPath(folder, 'folder', 'f')
    expect((await resources.addPath(folder, 'folder', 'f')).id).toBe(id)
    const before = await resources.fingerprint(id)
    put('a.txt', 'one')
    expect(await resources.fingerprint(id)).toBe(before)
    put('a.txt', 'two')
    expect(await resources.fingerprint(id)).not.toBe(before)
  })
  it('keeps uploads in the data folder and forgets them whole', async () => {
    const resources = room()
    const text = await resources.addText('my note', 'hello')
    const file = await resources.addStream('../../evil.txt', Readable.from(['a', 'b']))
    expect(await resources.documents(text.id, signal)).toMatchObject([{ text: 'hello' }])
    expect(await resources.documents(file.id, signal)).toMatchObject([{ text: 'ab', id: 'evil.txt' }])
    expect(file.location.startsWith(join(root, `data${number}`))).toBe(true)
    expect((await resources.list()).map(({ id }) => id)).toEqual([text.id, file.id])
    await resources.remove(file.id)
    await expect(readFile(file.location)).rejects.toThrow()
    await expect(resources.documents(file.id, signal)).rejects.toMatchObject({ code: 'not-found' })
  })
  it.each<[string, string | Uint8Array, string?]>([
    ['a program', 'MZ', 'tool.exe'],
    ['a script', 'rm -rf', 'run.sh'],
    ['a pickle', 'x', 'model.ckpt'],
    ['a page with no ending', 'x', 'page'],
    ['a name with an ending inside', 'x', 'a.txt.exe'],
    ['a program dressed as text', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0]), 'notes.txt'],
    ['a picture dressed as a table', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]), 'rows.CSV'],
    ['text dressed as PDF', 'plain text', 'paper.pdf'],
    ['a zip dressed as GGUF', 'PK\u0003\u0004', 'lora.gguf'],
    ['text dressed as safetensors', 'short', 'adapter_model.safetensors'],
    ['a program dressed as an importance matrix', 'MZ\u0090\u0000\u0003\u0000\u0000\u0000\u0004', 'imatrix.dat'],
  ])('refuses %s, and leaves nothing of it', async (_, content, name) => {
    const resources = room()
    const refused = { code: 'file-format', place: { file: name }, hint: expect.any(String) }
    await expect(resources.addStream(name as string, Readable.from([Buffer.from(content)]))).rejects.toMatchObject(refused)
    expect(await resources.list()).toEqual([])
    expect(
      readdirSync(root, { recursive: true }).filter((file) => String(file).startsWith(join(`data${number}`, 'uploads') + sep)),
    ).toEqual([])
  })
  it.each<[string, string | Uint8Array]>([
    ['wide.txt', Buffer.from('\ufeffwide', 'utf16le')],
    ['Page.HTML', '<p>x</p>'],
    ['adapter_config.json', '{}'],
    ['paper.pdf', tinyPdf('x')],
    ['lora.gguf', 'GGUF\u0003\u0000\u0000\u0000'],
    ['adapter_model.safetensors', '\u0002\u0000\u0000\u0000\u0000\u0000\u0000\u0000{}'],
    ['imatrix.dat', Uint8Array.from([2, 0, 0, 0, 3, 0, 0, 0, 0x61, 0x2e, 0x62, 9])],
    ['empty.txt', ''],
  ])('takes %s', async (name, content) => {
    // in pieces of one byte: what the first bytes are does not depend on how they arrive
    const { location } = await room().addStream(name, Readable.from([...Buffer.from(content)].map((byte) => Buffer.of(byte))))
    expect(await readFile(location)).toEqual(Buffer.from(content))
  })
  it('calls a text without an ending of texts one', async () => {
    const { name } = await room().addText('notes of version 1.2', 'hello')
    expect(name).toBe('notes of version 1.2.txt')
  })
  it('gathers uploads as one folder, in which files of one name stay apart, and forgets it whole', async () => {
    const rows = table()
    const resources = createResources({ table: rows, samplesFolder: join(root, 'samples'), dataFolder: join(root, `data${number}`) })
    const ids: string[] = []
    for (const [name, text] of [
      ['a.txt', 'one'],
      ['a.txt', 'two'],
      ['b.md', 'three'],
    ] as const)
      ids.push((await resources.addText(name, text)).id)
    const card = await resources.gather('my notes', ids)
    expect(card).toMatchObject({ kind: 'folder', name: 'my notes', files: 3 })
    expect((await resources.documents(card.id, signal)).map(({ text }) => text)).toEqual(['two', 'one', 'three'])
    expect(rows.list().map(({ id }) => `data:${id}`)).toEqual([card.id])
    await expect(resources.gather('again', [card.id])).rejects.toThrow('was not made here')
    await expect(resources.appendLine(card.id, 'x')).rejects.toThrow('was not made here')
    await resources.remove(card.id)
    expect(readdirSync(join(root, `data${number}`, 'uploads'))).toEqual([])
  })
  it('gathers nothing that a person chose on disk', async () => {
    const resources = room()
    put('own.txt', 'mine')
    const own = await resources.addPath(join(folder, 'own.txt'), 'file', 'own.txt')
    const other = await resources.addText('other.txt', 'theirs')
    await expect(resources.gather('both', [other.id, own.id])).rejects.toThrow('was not made here')
    expect((await resources.documents(other.id, signal)).map(({ text }) => text)).toEqual(['theirs'])
  })
  it('never deletes what a person chose on disk', async () => {
    put('a.txt', 'mine')
    const resources = room()
    const { id } = await resources.addPath(folder, 'folder', 'f')
    await resources.remove(id)
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('mine')
  })
  it('finds samples by name, with or without ending', async () => {
    mkdirSync(join(root, 'samples', 'town'), { recursive: true })
    writeFileSync(join(root, 'samples', 'town', 'a.md'), '# Town\nText')
    writeFileSync(join(root, 'samples', 'asked.jsonl'), '{"question":"q"}')
    const resources = room()
    expect(await resources.documents('sample:town', signal)).toMatchObject([{ title: 'Town' }])
    expect(await resources.dataset('sample:asked', signal)).toEqual(await resources.dataset('sample:asked.jsonl', signal))
    expect((await resources.list()).map(({ id, kind }) => [id, kind])).toEqual([
      ['sample:asked.jsonl', 'sample'],
      ['sample:town', 'sample'],
    ])
  })
  it('reads what a command line names, by the kind of the input', async () => {
    put('a.txt', 'one')
    put('n.json', '5')
    const resources = room()
    expect(await resources.readInput(join(folder, 'a.txt'), 'text')).toBe('one')
    expect(await resources.readInput(join(folder, 'n.json'), 'number')).toBe(5)
    expect(await resources.readInput(folder, 'documents')).toHaveLength(1)
    await expect(resources.readInput(folder, 'text')).rejects.toMatchObject({ code: 'input-type' })
    await expect(resources.readInput(join(folder, 'a.txt'), 'json')).rejects.toMatchObject({ code: 'input-type' })
    await expect(resources.readInput(join(folder, 'gone.txt'), 'text')).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})

describe('small parts', () => {
  it('make harmless names of any', () => {
    expect(['../../x.txt', 'C:\\a\\b.md', '.hidden', 'nul.txt', '', 'a/b/ü ñ?.txt'].map(safeName)).toEqual([
      'x.txt',
      'b.md',
      'hidden',
      'upload nul.txt',
      'upload',
      'ü ñ_.txt',
    ])
  })
  it('show of a page what it shows', () => {
    expect(textOfHtml('<h2>Top</h2><ul><li>a<li>b &lt;i&gt; &#233;</ul><!-- no --><style>p{}</style>x<br>y')).toBe(
      '## Top\n\n- a\n- b <i> é\n\nx\ny',
    )
    expect(textOfHtml('<script>alert(1)')).toBe('')
    expect(textOfHtml('&#x110000; &unknown;')).toBe('&#x110000; &unknown;')
  })
})
