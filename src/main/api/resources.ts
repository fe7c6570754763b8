import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FolderEntry, Handlers, ResourceCard } from '../../shared/api'
import { resolveBelow } from './below-root'
import type { House } from './house'
import { openRoot } from './open-root'

type ResourceMethods = Extract<keyof Handlers, `resources.${string}`>

/** Data that a person chose. A graph names it by id; the path stays in the store of this machine. */
export function resourceHandlers(house: House): Pick<Handlers, ResourceMethods> {
  const { resources } = house
  return {
    'resources.list': () => resources.list(),
    'resources.pick': async ({ accepts }) => {
      const path = await house.dialogs?.pickResource(accepts)
      return path == null ? null : adopt(house, path)
    },
    'resources.browse': async ({ root, path }) => listFolder(await resolveBelow(openRoot(house, root), path)),
    'resources.addBelowRoot': async ({ root, path }) => adopt(house, await resolveBelow(openRoot(house, root), path)),
    'resources.addText': ({ name, text }) => resources.addText(name, text),
    'resources.gather': ({ name, ids }) => resources.gather(name, ids),
    'resources.remove': async ({ id }) => {
      await resources.remove(id)
      return null
    },
  }
}

async function adopt(house: House, path: string): Promise<ResourceCard> {
  const facts = await stat(path)
  return house.resources.addPath(path, facts.isDirectory() ? 'folder' : 'file', basename(path))
}

async function listFolder(folder: string): Promise<FolderEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const shown = entries.filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
  const listed = await Promise.all(
    shown.map(async (entry): Promise<FolderEntry> => {
      const isFolder = entry.isDirectory()
      return { name: entry.name, kind: isFolder ? 'folder' : 'file', sizeBytes: isFolder ? 0 : (await stat(join(folder, entry.name))).size }
    }),
  )
  return listed.sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'folder' ? -1 : 1))
}
