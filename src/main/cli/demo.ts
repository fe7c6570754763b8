import { templateEntries } from '../api/templates'
import { pull } from './models'
import { type GlobalOptions, withApp } from './options'
import { printNote } from './output'
import { run } from './run'

const TEMPLATE = 'answer-from-documents'

/** The first thing to try, without a screen: a question to the shipped example documents, answered by a model and checked claim by claim. */
export async function demo(question: string | undefined, options: { real?: boolean }, globals: GlobalOptions): Promise<number> {
  const isReal = options.real === true
  if (isReal) await fetchModels(globals)
  else printNote('On toy models, which know a tiny invented world. For a real model: npm run demo -- --real')
  return run(
    `template:${TEMPLATE}`,
    {
      input: question === undefined ? [] : [`question=${question}`],
      set: [],
      model: [],
      to: [],
      only: [],
      refresh: [],
      cache: true,
      real: isReal,
    },
    globals,
  )
}

async function fetchModels(globals: GlobalOptions): Promise<void> {
  const entry = (await templateEntries()).find(({ id }) => id === TEMPLATE)
  const needed = [...new Set(Object.values(entry?.real?.models ?? {}))]
  const missing = await withApp(globals, async (app) => {
    const cards = await app.handlers['models.list']({}, app.terminal)
    return needed.filter((id) => !cards.some((card) => card.catalog === id && card.state === 'present'))
  })
  if (missing.length > 0) await pull(missing, globals, { silent: true })
}
