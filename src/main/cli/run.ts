import { readFile } from 'node:fs/promises'
import { text as readStream } from 'node:stream/consumers'
import type { BranchesRun } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { type Pins, pins as pinsSchema } from '../../shared/run/control'
import type { RunEvent } from '../../shared/run/events'
import type { App, RunHandle, RunRequest } from '../app'
import { graphFromArgument } from './graph-argument'
import { parseInputs } from './inputs'
import { type GlobalOptions, withApp } from './options'
import { printData } from './output'
import { applyOverrides, withBranches } from './overrides'
import { createProgress } from './progress'
import { printResult, writeOutputs } from './result'

export interface RunOptions {
  readonly input: readonly string[]
  readonly inputs?: string
  readonly set: readonly string[]
  readonly model: readonly string[]
  readonly to: readonly string[]
  readonly branches?: BranchesRun
  readonly only: readonly string[]
  readonly from?: string
  readonly fromRun?: string
  readonly resume?: string
  readonly cache: boolean
  readonly refresh: readonly string[]
  readonly seed?: number
  readonly events?: string
  readonly quiet?: boolean
  readonly out?: string
  readonly timeout?: number
  readonly real?: boolean
  readonly pins?: string
  readonly acceptModels?: boolean
}

const eventLevels = ['none', 'summary', 'nodes', 'tokens'] as const

export async function run(argument: string, options: RunOptions, globals: GlobalOptions): Promise<number> {
  const level = options.events ?? 'none'
  if (!eventLevels.some((known) => known === level))
    throw new TributaryError('usage', `--events ${level}: expected ${eventLevels.join(', ')}.`)
  return withApp(globals, async (app) => {
    const loaded = await graphFromArgument(argument, app, options)
    const document = withBranches(await applyOverrides(loaded.document, options, app), options)
    if (options.acceptModels) await app.acceptModels(document)
    const inputs = options.resume === undefined ? await readInputs(document, options, app) : {}
    const pinned = options.pins === undefined ? {} : { pins: await readPins(options.pins) }
    const handle =
      options.resume === undefined
        ? await app.startRun({ document, inputs, options: { ...runOptions(options), ...pinned } })
        : await app.resumeRun(options.resume)
    return follow(handle, document, options, level, globals, app)
  })
}

function runOptions(options: RunOptions): NonNullable<RunRequest['options']> {
  return {
    ...(options.to.length > 0 ? { to: options.to } : {}),
    ...(options.only.length > 0 ? { only: options.only } : {}),
    ...(options.from === undefined ? {} : { from: [options.from] }),
    ...(options.fromRun === undefined ? {} : { fromRun: options.fromRun }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    cache: options.cache ? 'use' : 'ignore',
    refresh: options.refresh,
  }
}

export async function readInputs(
  document: GraphDocument,
  options: Pick<RunOptions, 'input' | 'inputs'>,
  app: App,
): Promise<Record<string, unknown>> {
  return parseInputs({
    declared: document.interface.inputs,
    flags: options.input,
    file: options.inputs === undefined ? undefined : await readInputsFile(options.inputs),
    env: process.env,
    read: (path, type) => app.readInput(path, type),
  })
}

async function readInputsFile(path: string): Promise<unknown> {
  const text =
    path === '-'
      ? await readStream(process.stdin)
      : await readFile(path, 'utf8').catch((cause) => {
          throw new TributaryError('file-unreadable', `--inputs: ${path} cannot be read.`, { place: { file: path }, cause })
        })
  return parseJson(text, `--inputs: ${path === '-' ? 'standard input' : path}`)
}

async function readPins(path: string): Promise<Pins> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new TributaryError('file-unreadable', `--pins: ${path} cannot be read.`, { place: { file: path }, cause })
  })
  const parsed = pinsSchema.safeParse(parseJson(text, `--pins: ${path}`))
  if (parsed.success) return parsed.data
  throw new TributaryError('input-type', `--pins: ${path} should be {"node": {"output": value}}.`, { place: { file: path } })
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TributaryError('input-type', `${what} is not JSON: ${(cause as Error).message}.`, { cause })
  }
}

async function follow(
  handle: RunHandle,
  document: GraphDocument,
  options: RunOptions,
  level: string,
  globals: GlobalOptions,
  app: App,
): Promise<number> {
  const progress = createProgress(document, { quiet: options.quiet === true || globals.json === true || level !== 'none' })
  const leave = handle.subscribe((events) => {
    for (const event of events) {
      if (isShown(event, level)) printData(JSON.stringify(event))
      progress.show(event)
    }
  }, 0)
  let exit: number | undefined
  const stopWith = (code: number) => () => {
    exit ??= code
    handle.stop()
  }
  const timer = options.timeout === undefined ? undefined : setTimeout(stopWith(7), options.timeout)
  const onInterrupt = stopWith(130)
  const onTerminate = stopWith(143)
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
  try {
    const result = { run: handle.id, ...(await handle.done) }
    progress.end()
    if (options.out !== undefined) await writeOutputs(options.out, result, document, app)
    await printResult(result, document, { json: globals.json === true, silent: level !== 'none' }, app)
    return exit ?? result.exit
  } finally {
    clearTimeout(timer)
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
    leave()
  }
}

function isShown(event: RunEvent, level: string): boolean {
  if (level === 'tokens') return true
  if (level === 'nodes') return event.type !== 'token' && event.type !== 'prompt.progress' && event.type !== 'node.progress'
  return level === 'summary' && (event.type === 'run.start' || event.type === 'run.plan' || event.type === 'run.end')
}
