/**
 * Makes the table of known chat templates: `node tools/known-templates.mjs FOLDER-OR-FILE… > src/main/llama/known-templates.json`. A .jinja file is one
 * template, named like the family (llama.cpp keeps published ones in models/templates); of a GGUF file its own is taken. What the table has stays in it.
 */
import { createHash } from 'node:crypto'
import { openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

const known = 'src/main/llama/known-templates.json'
const templates = new Map(Object.entries(JSON.parse(readFileSync(known, 'utf8')).templates))

const hashOf = (text) => createHash('sha256').update(text.replaceAll('\r\n', '\n').trim()).digest('hex').slice(0, 32)

/** The value of `tokenizer.chat_template`: a string (type 8) behind its key, in the first 64 MiB. */
function templateOf(path) {
  const bytes = Buffer.alloc(Math.min(statSync(path).size, 64 * 2 ** 20))
  readSync(openSync(path, 'r'), bytes, 0, bytes.length, 0)
  const key = Buffer.from('tokenizer.chat_template')
  const at = bytes.indexOf(key) + key.length
  if (at < key.length || bytes.readUInt32LE(at) !== 8) return undefined
  return bytes.toString('utf8', at + 12, at + 12 + Number(bytes.readBigUInt64LE(at + 4)))
}

for (const given of process.argv.slice(2)) {
  const files = statSync(given).isDirectory() ? readdirSync(given).map((name) => join(given, name)) : [given]
  for (const file of files) {
    const text = file.endsWith('.jinja') ? readFileSync(file, 'utf8') : file.endsWith('.gguf') ? templateOf(file) : undefined
    if (text !== undefined && !templates.has(hashOf(text))) templates.set(hashOf(text), basename(file).replace(/\.(jinja|gguf)$/, ''))
  }
}
const sorted = [...templates].sort(([, a], [, b]) => (a < b ? -1 : 1))
process.stdout.write(`${JSON.stringify({ templates: Object.fromEntries(sorted) }, null, 2)}\n`)
