import { basename, extname } from 'node:path'
import { TributaryError } from '../../shared/errors'
import type { Dataset, Document } from '../../shared/value'
import { type FoundFile, listFiles, readWhole, tooLarge } from './files'
import { resourceLimits } from './limits'
import type { Reader } from './reader'

const readers = new Map(
  Object.values(
    import.meta.glob(['./readers/*.ts', '!./readers/*.test.ts'], { eager: true }) as Record<string, { default: Reader }>,
  ).flatMap(({ default: reader }) => reader.endings.map((ending) => [ending, reader] as const)),
)
export const knownEndings: readonly string[] = [...readers.keys()].sort()
const readerOf = (name: string): Reader | undefined => readers.get(extname(name).toLowerCase())

/**
 * Every document at a path. Files of unknown kinds in a folder are passed over; a single file of unknown kind is refused. An empty folder gives `data-empty`, a file that
 * cannot be read `file-unreadable` or `file-format`, each naming the file.
 */
export async function readDocuments(path: string, signal: AbortSignal): Promise<Document[]> {
  const { isFolder, files } = await listFiles(path)
  const known = files.filter(({ name }) => readerOf(name) !== undefined)
  if (!isFolder && known.length === 0) throw unknownKind(basename(path))
  if (known.length === 0) throw nothingThere(basename(path), files.length)
  if (known.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > resourceLimits.totalBytes)
    throw tooLarge(basename(path), `holds more than ${resourceLimits.totalBytes / 1024 / 1024} MB of documents`)
  const documents: Document[] = []
  for (const file of known) {
    signal.throwIfAborted()
    documents.push(...(await parse(file, signal, (reader, bytes) => reader.documents(bytes, file.name, signal))))
  }
  const withText = documents.filter(({ text }) => text.trim() !== '')
  if (withText.length === 0) throw nothingThere(basename(path), files.length)
  return withText
}

/** The table in a file, or in the one table of a folder. */
export async function readDataset(path: string, signal: AbortSignal): Promise<Dataset> {
  const { files } = await listFiles(path)
  const tables = files.filter(({ name }) => readerOf(name)?.dataset !== undefined)
  const [table] = tables
  if (table === undefined || tables.length > 1)
    throw new TributaryError(
      'file-format',
      `“${basename(path)}” ${table === undefined ? 'is no table' : `holds ${tables.length} tables`}.`,
      {
        hint: 'Choose one csv or jsonl file.',
        place: { file: basename(path) },
      },
    )
  return parse(table, signal, (reader, bytes) => reader.dataset!(bytes, table.name))
}

async function parse<T>(file: FoundFile, signal: AbortSignal, read: (reader: Reader, bytes: Uint8Array) => Promise<T> | T): Promise<T> {
  const bytes = await readWhole(file)
  try {
    return await read(readerOf(file.name)!, bytes)
  } catch (cause) {
    if (signal.aborted) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TributaryError('file-format', `“${file.name}” cannot be read: ${reason}.`, {
      hint: 'Repair the file, or take it out of the folder.',
      place: { file: file.name },
      cause,
    })
  }
}

const unknownKind = (name: string): TributaryError =>
  new TributaryError('file-format', `“${name}” is of a kind that cannot be read.`, {
    hint: `Kinds that can: ${knownEndings.join(' ')}.`,
    place: { file: name },
  })

const nothingThere = (name: string, files: number): TributaryError =>
  new TributaryError('data-empty', files === 0 ? `The folder “${name}” is empty.` : `There is no text in “${name}”.`, {
    hint: `Put files of these kinds into it: ${knownEndings.join(' ')}.`,
    place: { file: name },
  })
