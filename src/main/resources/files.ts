import { constants } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { TributaryError } from '../../shared/errors'
import { resourceLimits } from './limits'

export interface FoundFile {
  readonly path: string
  /** below the chosen folder, with `/`; the file's own name where a file was chosen */
  readonly name: string
  readonly sizeBytes: number
  readonly changedMs: number
}

/** The files at a path, sorted by name: one for a file, all below a folder that are not hidden; links are not followed. Throws `file-unreadable`. */
export async function listFiles(path: string): Promise<{ isFolder: boolean; files: FoundFile[] }> {
  const facts = await reading(path, basename(path), () => lstat(path))
  if (facts.isFile()) return { isFolder: false, files: [{ path, name: basename(path), sizeBytes: facts.size, changedMs: facts.mtimeMs }] }
  if (!facts.isDirectory())
    throw new TributaryError('file-unreadable', `“${basename(path)}” is neither a file nor a folder.`, { place: { file: basename(path) } })
  const files: FoundFile[] = []
  const folders = [{ path, name: '', depth: 0 }]
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const here = folder
    for (const entry of await reading(here.path, here.name || basename(path), () => readdir(here.path, { withFileTypes: true }))) {
      if (entry.name.startsWith('.')) continue
      const child = {
        path: join(here.path, entry.name),
        name: here.name === '' ? entry.name : `${here.name}/${entry.name}`,
        depth: here.depth + 1,
      }
      if (entry.isDirectory()) {
        if (child.depth > resourceLimits.depth) throw tooLarge(basename(path), `has folders deeper than ${resourceLimits.depth}`)
        folders.push(child)
      } else if (entry.isFile()) {
        const { size, mtimeMs } = await reading(child.path, child.name, () => lstat(child.path))
        files.push({ path: child.path, name: child.name, sizeBytes: size, changedMs: mtimeMs })
        if (files.length > resourceLimits.files) throw tooLarge(basename(path), `holds more than ${resourceLimits.files} files`)
      }
    }
  }
  return { isFolder: true, files: files.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** All bytes of a file that was listed; a link put in its place meanwhile is not followed. */
export async function readWhole({ path, name, sizeBytes }: FoundFile): Promise<Uint8Array> {
  if (sizeBytes > resourceLimits.fileBytes) throw tooLarge(name, `is larger than ${resourceLimits.fileBytes / 1024 / 1024} MB`)
  return reading(path, name, async () => {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      if ((await file.stat()).size > resourceLimits.fileBytes) throw tooLarge(name, 'grew while it was read')
      return await file.readFile()
    } finally {
      await file.close()
    }
  })
}

export const tooLarge = (name: string, what: string): TributaryError =>
  new TributaryError('file-unreadable', `“${name}” ${what}.`, { hint: 'Choose a smaller part of it.', place: { file: name } })

const reasons: Record<string, string> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  ELOOP: 'is a link',
  EISDIR: 'is a folder',
}

async function reading<T>(path: string, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof TributaryError) throw cause
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    throw new TributaryError('file-unreadable', `“${name}” ${reasons[code] ?? `cannot be read (${code})`}.`, {
      hint: 'Choose the folder or file again, or see to its permissions.',
      place: { file: basename(path) },
      cause,
    })
  }
}
