import type { ResourceCard } from '../../shared/api'
import { plural } from '../parts/format'
import type { App } from './app'
import { refreshResources } from './catalog'
import { toast } from './view'

/** Texts that are small enough to go through the line of the Electron window, in bytes; a browser uploads. */
export const mostText = 8_000_000

/** Takes files of a person in: one as it is, several as one folder. What cannot be read stays behind and is named; where nothing can, its reason is thrown. */
export async function takeIn(app: App, files: readonly File[]): Promise<ResourceCard | undefined> {
  const taken: ResourceCard[] = []
  const refused: { readonly name: string; readonly why: unknown }[] = []
  for (const file of files) {
    try {
      taken.push(await takeOne(app, file))
    } catch (why) {
      refused.push({ name: file.name, why })
    }
  }
  if (taken.length === 0) {
    if (refused[0]) throw refused[0].why
    return undefined
  }
  const card =
    taken.length === 1 ? taken[0] : await app.client.call('resources.gather', { name: folderOf(files), ids: taken.map(({ id }) => id) })
  await refreshResources(app.client, app.catalog)
  const [first] = refused
  if (first)
    toast(
      app.view,
      'info',
      `${plural(taken.length, 'file')} taken in, ${refused.length} left out: ${refused.map(({ name }) => name).join(', ')}.`,
      {
        hint: first.why instanceof Error ? first.why.message : undefined,
      },
    )
  return card
}

async function takeOne(app: App, file: File): Promise<ResourceCard> {
  if (app.house.upload) return (await app.house.upload(file, 'resource')) as ResourceCard
  if (file.size > mostText) throw new Error(`${file.name} is too large to be dropped here; add its folder in the Documents node.`)
  return app.client.call('resources.addText', { name: file.name, text: await file.text() })
}

/** The folder that was chosen, by its name; files that were chosen one by one, by the first of them. */
const folderOf = (files: readonly File[]): string =>
  files[0]?.webkitRelativePath.split('/')[0] || `${files[0]?.name ?? 'files'} and ${files.length - 1} more`
