import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ModelCard, TemplateReport } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { nearestName } from '../../shared/nearest-name'
import type { App } from '../app'
import { type GlobalOptions, withApp } from './options'
import { formatBytes, formatMs, printData, printJson, printNote, table } from './output'

const cards = (app: App): Promise<readonly ModelCard[]> => Promise.resolve(app.handlers['models.list']({}, app.terminal))

export async function list(globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    await app.house.shelf.readWatched()
    const models = await cards(app)
    if (globals.json) printJson(models)
    else {
      const rows = models.map((model) => [
        model.catalog ?? model.sha256?.slice(0, 12) ?? '',
        model.name,
        model.asksFirst ? 'asks first' : model.state,
        model.parameters,
        model.quantization,
        formatBytes(model.sizeBytes),
        model.licence,
      ])
      printData(table([['id', 'name', 'state', 'params', 'quant', 'size', 'licence'], ...rows]))
    }
    return 0
  })
}

/** `silent`: progress only, nothing on stdout. */
export async function pull(ids: readonly string[], globals: GlobalOptions, options: { silent?: boolean } = {}): Promise<number> {
  return withApp(globals, async (app) => {
    const controller = new AbortController()
    const stop = () => controller.abort()
    process.once('SIGINT', stop)
    for (const id of ids) {
      let shown = 0
      const card = await app.pullModel(id, controller.signal, (progress) => {
        const isFinal = progress.state === 'done'
        if (globals.json || (!isFinal && Date.now() - shown < 500)) return
        shown = Date.now()
        const share = progress.totalBytes > 0 ? ` ${Math.floor((progress.doneBytes / progress.totalBytes) * 100)} %` : ''
        const left = progress.secondsLeft === undefined ? '' : `, ${formatMs(progress.secondsLeft * 1000)} left`
        printNote(`${id}: ${progress.state}${share} of ${formatBytes(progress.totalBytes)} from ${progress.source}${left}`)
      })
      if (options.silent) continue
      if (globals.json) printJson(card)
      else printData(`${card.name}: ${card.sha256}`)
    }
    process.off('SIGINT', stop)
    return 0
  })
}

export async function add(file: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const controller = new AbortController()
    process.once('SIGINT', () => controller.abort(new TributaryError('not-allowed', 'Stopped.')))
    const { models, refused } = await app.addModels(resolve(file), controller.signal)
    if (globals.json) printJson({ models, refused })
    else for (const card of models) printData(`${card.name}: ${card.sha256}`)
    for (const { error } of refused) printNote(`not taken: ${error.message}`)
    if (models.length === 0 && refused[0]) throw TributaryError.fromReport(refused[0].error)
    return 0
  })
}

/** Watches a folder from now on, and reads what is in it. */
export async function watch(given: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const { watched, shelf } = app.house
    const path = await watched.add(resolve(given))
    await shelf.readWatched()
    const models = shelf.inFolder(path)
    if (globals.json) printJson({ path, models })
    else printData(`${path}: watched, ${models} ${models === 1 ? 'model' : 'models'} now`)
    for (const { path: file, error } of shelf.refused()) if (file.startsWith(path)) printNote(`not taken: ${error.message}`)
    return 0
  })
}

export async function folders(globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    await app.house.shelf.readWatched()
    const watched = await app.handlers['models.folders']({}, app.terminal)
    if (globals.json) printJson(watched)
    else
      printData(
        table([
          ['folder', 'models', 'state'],
          ...watched.map(({ path, models, present }) => [path, String(models), present ? 'watched' : 'not there now']),
        ]),
      )
    return 0
  })
}

export async function unwatch(given: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const known = app.house.watched.list()
    // a folder that is gone has no real path any more
    const path =
      known.find((folder) => folder === given || folder === resolve(given)) ?? (await realpath(given).catch(() => resolve(given)))
    const watched = await app.handlers['models.unwatchFolder']({ path }, app.terminal)
    if (globals.json) printJson(watched)
    else printData(`${path}: watched no more`)
    return 0
  })
}

/** Models that came from files may be loaded from now on: the person trusts where they come from. */
export async function accept(ids: readonly string[], globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const known = await cards(app)
    const chosen = ids.map((id) => find(known, id))
    const here = chosen.flatMap(({ sha256, name }) => (sha256 === undefined ? [] : [{ sha256, name }]))
    if (here.length > 0) await app.handlers['models.accept']({ sha256: here.map(({ sha256 }) => sha256) }, app.terminal)
    if (globals.json) printJson({ accepted: here.map(({ sha256 }) => sha256) })
    else for (const { name, sha256 } of here) printData(`accepted ${name}: ${sha256}`)
    return 0
  })
}

/** Shows a model's chat template and what is done with it; lets an unknown one run, or no more. */
export async function template(id: string, options: { accept?: boolean; refuse?: boolean }, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const card = find(await cards(app), id)
    if (card.sha256 === undefined) throw new TributaryError('not-found', `${card.name} is not on this machine.`)
    const { sha256 } = card
    const read = () => app.handlers['models.template']({ sha256 }, app.terminal)
    const before = await read()
    const { own } = before
    if (options.accept || options.refuse) {
      if (own === undefined) throw new TributaryError('not-found', `${card.name} has no chat template.`)
      await app.handlers['models.acceptTemplate']({ hash: own.hash, accept: options.accept === true }, app.terminal)
    }
    const report = await read()
    if (globals.json) printJson(report)
    else printData(describeTemplate(card.name, report))
    return 0
  })
}

function describeTemplate(name: string, { own, used, wrapper, wrapperSample }: TemplateReport): string {
  const built = `The built-in form (${wrapper}) writes a short chat as:\n\n${wrapperSample}`
  if (own === undefined) return `${name} has no chat template.\n\n${built}`
  const standing = own.family ? `known, of ${own.family}` : own.accepted ? 'unknown, accepted by you' : 'unknown'
  const flags = own.flags.map(({ kind, what }) => `  ${kind}: ${what}\n`).join('')
  return [
    `${name}: chat template ${own.hash}: ${standing}. ${used === 'own' ? 'It is used.' : `The built-in form (${wrapper}) is used instead.`}`,
    flags === '' ? 'Nothing odd was found in it.' : `Odd in it:\n${flags}`,
    `It writes a short chat as:\n\n${own.sample}`,
    built,
  ].join('\n\n')
}

export async function verify(ids: readonly string[], globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const present = (await cards(app)).filter((card) => card.state !== 'absent')
    const chosen = ids.length === 0 ? present : ids.map((id) => find(present, id))
    const results = []
    for (const card of chosen) {
      if (card.sha256 === undefined) continue
      const { ok } = await app.handlers['models.verify']({ sha256: card.sha256 }, app.terminal)
      results.push({ id: card.catalog ?? card.sha256, name: card.name, ok })
      if (!globals.json) printData(`${ok ? '✓' : '✗'} ${card.name}${ok ? '' : ': the file differs from its hash'}`)
    }
    if (globals.json) printJson(results)
    return results.every((result) => result.ok) ? 0 : 5
  })
}

export async function remove(id: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const card = find(await cards(app), id)
    if (card.sha256 === undefined) throw new TributaryError('not-found', `${card.name} is not on this machine.`)
    await app.handlers['models.remove']({ sha256: card.sha256 }, app.terminal)
    if (globals.json) printJson({ removed: card.sha256 })
    else printData(`removed ${card.name}`)
    return 0
  })
}

export async function matrix(globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const pairs = await app.handlers['models.matrix']({}, app.terminal)
    if (globals.json) printJson(pairs)
    else
      printData(
        table([
          ['a', 'b', 'merge', 'mix tokens', 'draft'],
          ...pairs.map((pair) => [pair.a, pair.b, yesOr(pair.merge), yesOr(pair.mix), yesOr(pair.draft)]),
        ]),
      )
    return 0
  })
}

/** The model that a person names by hash, catalogue id or name. */
export const requireModel = async (app: App, id: string): Promise<ModelCard> => find(await cards(app), id)

const yesOr = ({ ok, reason }: { ok: boolean; reason: string }): string => (ok ? 'yes' : reason)

function find(models: readonly ModelCard[], id: string): ModelCard {
  const found = models.find(
    (card) => card.catalog === id || card.sha256 === id || card.name === id || (id.length >= 8 && card.sha256?.startsWith(id)),
  )
  if (found) return found
  const nearest = nearestName(
    id,
    models.flatMap((card) => (card.catalog ? [card.catalog] : [])),
  )
  throw new TributaryError(
    'not-found',
    `There is no model “${id}”.`,
    nearest ? { hint: `Did you mean “${nearest}”?` } : { hint: 'See: tributary models ls' },
  )
}
