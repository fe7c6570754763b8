import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { ResourceCard } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { canonicalJson } from '../../shared/json'
import type { WireKind } from '../../shared/wire'
import type { Resources } from '../node-runtime'
import { decodeText } from './decode-text'
import { listFiles, readWhole, tooLarge } from './files'
import { isTextName } from './kinds'
import { resourceLimits } from './limits'
import { readDataset, readDocuments } from './read'
import { safeName, saveUpload } from './uploads'

/** The part of the store that this room needs: which data a person chose, and where it lies. */
export interface ResourceTable {
  put(row: TableRow): void
  find(id: string): TableRow | undefined
  findByPath(path: string): TableRow | undefined
  list(): readonly TableRow[]
  remove(id: string): void
}

interface TableRow {
  readonly id: string
  readonly kind: 'folder' | 'file' | 'text'
  readonly name: string
  readonly path: string
  readonly chosenAt: number
}

export interface ResourceOptions {
  readonly table: ResourceTable
  /** the samples that ship with the application: one folder or file each */
  readonly samplesFolder: string
  /** where uploads are kept */
  readonly dataFolder: string
}

/** Data by id for nodes, and its administration for the doors. Ids are `data:<id>` and `sample:<name>` throughout. */
export interface ResourceRoom extends Resources {
  list(): Promise<ResourceCard[]>
  /** A folder or file that a person chose by dialog or below an opened root; chosen again it keeps its id. */
  addPath(path: string, kind: 'folder' | 'file', name: string): Promise<ResourceCard>
  addText(name: string, text: string): Promise<ResourceCard>
  addStream(name: string, body: NodeJS.ReadableStream): Promise<ResourceCard>
  /** Files that were uploaded become one folder under one id; their own ids are forgotten. */
  gather(name: string, ids: readonly string[]): Promise<ResourceCard>
  /** Adds a line to a text that was made here, whole or not at all. Returns how many lines it has. */
  appendLine(id: string, line: string): Promise<number>
  /** Forgets it; what was uploaded is deleted, what a person chose on disk stays untouched. */
  remove(id: string): Promise<void>
  /** What a command line gives by `--input name=@path`, for an input of this kind. */
  readInput(path: string, kind: WireKind): Promise<unknown>
}

export function createResources({ table, samplesFolder, dataFolder }: ResourceOptions): ResourceRoom {
  const uploads = join(dataFolder, 'uploads')

  async function locate(id: string): Promise<string> {
    const [, scheme, name] = /^(data|sample):([A-Za-z0-9][A-Za-z0-9._-]{0,127})$/.exec(id) ?? []
    if (scheme === 'data') {
      const row = table.find(name!)
      if (row) return row.path
    }
    if (scheme === 'sample' && !name!.includes('..')) {
      const entries = await readdir(samplesFolder).catch(() => [])
      const found = entries.find((entry) => entry === name || entry.slice(0, -extname(entry).length || undefined) === name)
      if (found) return join(samplesFolder, found)
    }
    throw new TributaryError('not-found', `The data source “${id}” is not known here.`, {
      hint: 'Choose the folder or file again on the node that reads it.',
    })
  }

  async function add(row: Omit<TableRow, 'chosenAt'>): Promise<ResourceCard> {
    table.put({ ...row, chosenAt: Date.now() })
    return cardOf({ ...row, id: `data:${row.id}` })
  }

  async function upload(kind: 'file' | 'text', name: string, body: NodeJS.ReadableStream | string): Promise<ResourceCard> {
    const id = newId()
    const path = await saveUpload(join(uploads, id), kind === 'text' && !isTextName(name) ? `${name || 'text'}.txt` : name, body)
    return add({ id, kind, name: basename(path), path })
  }

  /** What lies in this data folder, and is ours to change. */
  function ownUpload(id: string): TableRow {
    const bare = id.replace(/^data:/, '')
    const row = table.find(bare)
    if (!row || row.kind === 'folder' || dirname(row.path) !== join(uploads, bare))
      throw new TributaryError('not-allowed', `“${row?.name ?? id}” was not made here, so nothing is added to it.`)
    return row
  }

  return {
    fingerprint: async (id) => fingerprintOf(await locate(id)),
    documents: async (id, signal) => readDocuments(await locate(id), signal),
    dataset: async (id, signal) => readDataset(await locate(id), signal),
    file: async (id) => {
      const path = await locate(id)
      const { isFolder, files } = await listFiles(path)
      const [only] = files
      if (isFolder || only === undefined) throw tooLarge(basename(path), 'is a folder; a single file is needed')
      return { name: only.name, bytes: await readWhole(only) }
    },
    async list() {
      const samples = (await readdir(samplesFolder).catch(() => [])).filter((name) => !name.startsWith('.')).sort()
      const rows = [
        ...table.list().map((row) => ({ ...row, id: `data:${row.id}` })),
        ...samples.map((name) => ({
          id: `sample:${name}`,
          kind: 'sample' as const,
          name: name.replace(/\.[^.]+$/, '').replaceAll('-', ' '),
          path: join(samplesFolder, name),
        })),
      ]
      return Promise.all(rows.map(cardOf))
    },
    async addPath(path, kind, name) {
      const known = table.findByPath(path)
      await listFiles(path)
      return known ? cardOf({ ...known, id: `data:${known.id}` }) : add({ id: newId(), kind, name, path })
    },
    addText: (name, text) => upload('text', name, text),
    addStream: (name, body) => upload('file', name, body),
    async gather(name, ids) {
      const rows = ids.map((id) => ownUpload(id))
      const id = newId()
      const folder = join(uploads, id, safeName(name))
      await mkdir(folder, { recursive: true })
      const taken = new Set<string>()
      for (const { path } of rows) await rename(path, join(folder, freshName(basename(path), taken)))
      const card = await add({ id, kind: 'folder', name: basename(folder), path: folder })
      for (const row of rows) {
        table.remove(row.id)
        await rm(join(uploads, row.id), { recursive: true, force: true })
      }
      return card
    },
    async appendLine(id, line) {
      const row = ownUpload(id)
      const before = asText(await readWhole((await listFiles(row.path)).files[0]!), row.name)
      const text = `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`
      await saveUpload(dirname(row.path), basename(row.path), text)
      return text.split('\n').length - 1
    },
    async remove(id) {
      const bare = id.replace(/^data:/, '')
      const row = table.find(bare)
      if (!row) throw new TributaryError('not-found', `The data source “${id}” is not known here.`)
      table.remove(bare)
      if (dirname(row.path) === join(uploads, bare)) await rm(join(uploads, bare), { recursive: true, force: true })
    },
    readInput,
  }
}

/** `notes.txt`, `notes (2).txt`: two files of one name stay two. */
function freshName(name: string, taken: Set<string>): string {
  const ending = extname(name)
  const stem = ending === '' ? name : name.slice(0, -ending.length)
  let fresh = name
  for (let count = 2; taken.has(fresh.toLowerCase()); count++) fresh = `${stem} (${count})${ending}`
  taken.add(fresh.toLowerCase())
  return fresh
}

const newId = (): string => `d${randomBytes(6).toString('hex')}`

/** Where the card's data is gone, its counts are 0: the list still shows it, so that it can be removed. */
async function cardOf({
  id,
  kind,
  name,
  path,
}: {
  id: string
  kind: ResourceCard['kind']
  name: string
  path: string
}): Promise<ResourceCard> {
  const files = await listFiles(path).then(
    (found) => found.files,
    () => [],
  )
  return {
    id,
    name,
    kind,
    location: kind === 'sample' ? 'ships with the application' : path,
    files: files.length,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

/** Of names and content; of names, sizes and times where there is very much content. */
async function fingerprintOf(path: string): Promise<string> {
  const { files } = await listFiles(path)
  const isSmall = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= resourceLimits.fingerprintBytes
  const facts: unknown[] = []
  for (const file of files) {
    const content = isSmall
      ? createHash('sha256')
          .update(await readWhole(file))
          .digest('hex')
      : `${file.sizeBytes}:${file.changedMs}`
    facts.push([file.name, content])
  }
  return createHash('sha256').update(canonicalJson(facts)).digest('hex')
}

async function readInput(path: string, kind: WireKind): Promise<unknown> {
  const { signal } = new AbortController()
  if (kind === 'documents') return readDocuments(path, signal)
  if (kind === 'dataset') return readDataset(path, signal)
  const { files, isFolder } = await listFiles(path)
  const [file] = files
  if (isFolder || file === undefined)
    throw new TributaryError('input-type', `“${basename(path)}” is a folder; an input of kind ${kind} takes a file.`, {
      place: { file: basename(path) },
    })
  if (kind === 'text') return asText(await readWhole(file), file.name)
  try {
    return JSON.parse(asText(await readWhole(file), file.name)) as unknown
  } catch (cause) {
    if (cause instanceof TributaryError) throw cause
    throw new TributaryError('input-type', `“${file.name}” is not JSON, which an input of kind ${kind} needs.`, {
      place: { file: file.name },
      cause,
    })
  }
}

function asText(bytes: Uint8Array, name: string): string {
  try {
    return decodeText(bytes)
  } catch (cause) {
    throw new TributaryError('file-format', `“${name}” cannot be read: it is not text in UTF-8 or UTF-16.`, {
      place: { file: name },
      cause,
    })
  }
}
