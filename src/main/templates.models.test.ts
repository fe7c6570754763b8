import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { templateEntries } from './api/templates'
import { type App, openApp } from './app'
import { hostEntry } from './folders'
import { loadCatalogue } from './models/library/catalogue'
import { starterFolder, testThreads } from './models/testing'

/** Every template runs in the whole house, on toys and (where they are on this machine) on starter models, with the outputs that it promises. */
let app: App
let home: string
const entries = await templateEntries()
const catalogue = await loadCatalogue('resources/models.json')
const starters = (await readdir(starterFolder()).catch(() => [] as string[])).filter((name) => name.endsWith('.gguf'))
const isHere = (id: string): boolean => starters.includes(catalogue.byId(id)?.file ?? '')

beforeAll(async () => {
  if (!existsSync(hostEntry())) throw new Error('build first: npm run build')
  home = await mkdtemp(join(tmpdir(), 'tributary-templates-'))
  await mkdir(join(home, 'models'))
  for (const name of starters) await copyFile(join(starterFolder(), name), join(home, 'models', name))
  app = await openApp({ door: 'terminal', home, threads: testThreads() })
})
afterAll(async () => {
  await app.close()
  await rm(home, { recursive: true, force: true })
})

async function runTemplate(id: string, real: boolean, inputs: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const document = await app.template(id, real)
  const handle = await app.startRun({ document, inputs, options: { cache: 'ignore' } })
  const { status, outputs, error } = await handle.done
  expect([id, status, error]).toEqual([id, 'done', undefined])
  const values = await Promise.all(
    Object.entries(outputs).map(async ([name, { sha }]) => [name, (await app.house.executor.value(sha)).data] as const),
  )
  return Object.fromEntries(values)
}

/** What a template gives on toys with its own inputs, run once by whichever test asks first. */
const seen = new Map<string, Promise<Record<string, unknown>>>()
function onToys(id: string): Promise<Record<string, unknown>> {
  const outputs = seen.get(id) ?? runTemplate(id, false)
  seen.set(id, outputs)
  return outputs
}

describe('on toys', () => {
  test('the documents answer a question, and the claim is supported by the sentence that says it', async () => {
    const { answer, report } = await runTemplate('answer-from-documents', false, { question: 'where is the yellow ring?' })
    expect(answer).toMatch(/^the yellow ring is in tokyo\. \[✓1\]\n\n\[1\] drawer.*“the yellow ring is in tokyo\.”$/)
    expect(report).toMatchObject({ counts: { supported: 1, refuted: 0, unknown: 0 } })
  })

  test('two models disagree, the ranking puts the supported answer first, the fused answer is right', async () => {
    const { answer, ranking } = await onToys('ranked-and-fused')
    expect(answer).toBe('the red key is in oslo.')
    const [first, second] = ranking as { text: string; score: number }[]
    expect(first).toMatchObject({ text: 'the red key is in oslo.' })
    expect(second?.text).not.toBe(first?.text)
    expect(first?.score).toBeGreaterThan(second?.score ?? 1)
  })

  test('the merged model knows what neither specialist knows alone', async () => {
    const { sum, fact, sumBySecond, factByFirst } = await onToys('merge-two-specialists')
    expect([sum, fact]).toEqual(['15', 'paris'])
    expect([sumBySecond, factByFirst]).not.toEqual(['15', 'paris'])
  })

  test('drafted text is the text, in fewer passes', async () => {
    const { plain, fromText, fromModel, textReport, modelReport } = await onToys('draft-and-verify')
    expect([fromText, fromModel]).toEqual([plain, plain])
    for (const report of [textReport, modelReport] as { passes: number; tokens: number }[])
      expect(report.passes).toBeLessThan(report.tokens)
  })

  test('the average of both knows the sum that the one with facts does not', async () => {
    expect(await onToys('mix-token-by-token')).toMatchObject({ together: '15', alone: '14' })
  })

  test.each([
    ['proxy-tuning', { steered: 'canberra', alone: 'lisbon' }],
    ['unlike-vocabularies', { union: 'canberra', shared: 'canberra', first: 'lisbon' }],
    ['believe-the-document', { following: 'paris' }],
    ['passages-side-by-side', { together: 'the red key is in paris.', apart: 'the red key is in oslo.' }],
    ['read-by-meaning', { averaged: 'canberra', agreeing: 'canberra', alone: 'lisbon' }],
    ['ask-others-when-unsure', { gated: 'paris' }],
    ['hold-near-a-trusted-model', { purified: 'tokyo', trusted: 'tokyo', alone: 'bangkok' }],
    ['weak-to-strong-search', { searched: 'canberra' }],
    ['cheap-first', { answer: 'paris' }],
    ['route-before-asking', { answer: '12', chosen: 1 }],
    ['ask-often-and-vote', { answer: '7' }],
    ['let-the-prompt-choose', { packed: 'the pink map is in tokyo.', uniform: 'the pink map' }],
    ['look-ahead-at-doubt', { ahead: 'run house cat on near a where cat apples', alone: 'run with cat on near run where cat apples' }],
    ['take-away-a-habit', { mended: 'canberra', before: 'lisbon' }],
    ['merge-by-statistics', { sum: '15', fact: 'paris' }],
    ['which-merge-method', { answer: '12' }],
    ['mixture-of-experts', { average: '16', two: '15', one: '15', contrasted: '15' }],
  ])('%s shows what it is for', async (id, promised) => {
    expect(await onToys(id)).toMatchObject(promised)
  })

  test('a drafter saves passes of a whole ensemble and leaves its text as it is', async () => {
    const { plain, drafted, branched, draftedReport, branchedReport } = await onToys('draft-for-an-ensemble')
    expect([drafted, branched]).toEqual([plain, plain])
    for (const report of [draftedReport, branchedReport] as { passes: number; tokens: number }[])
      expect(report.passes).toBeLessThan(report.tokens)
  })

  test('the first layers of a model save passes of the whole of it, and leave its text as it is', async () => {
    const { plain, drafted, plainReport, report } = await onToys('guess-with-own-layers')
    expect(drafted).toBe(plain)
    const [alone, guessed] = [plainReport, report] as { passes: number }[]
    expect(guessed?.passes).toBeLessThan(0.7 * (alone?.passes ?? 0))
  })

  test('a search over merges ends at one that has both skills, better than where it began', async () => {
    const { sum, fact, candidates } = await onToys('search-a-merge')
    expect([sum, fact]).toEqual(['15', 'paris'])
    const { best, candidates: all } = candidates as { best: { loss: number }; candidates: { loss: number }[] }
    expect(best.loss).toBeLessThan(all[0]?.loss ?? 0)
  })

  test('a loop around a score finds one too, in as many rounds as the budget has', async () => {
    const { sum, fact, score, candidates } = await onToys('search-by-any-score')
    expect([sum, fact]).toEqual(['15', 'paris'])
    const losses = (candidates as { loss: number }[]).map(({ loss }) => loss)
    expect(losses).toHaveLength(10)
    expect(score).toBe(-Math.min(...losses))
    expect(score).toBeGreaterThan(-(losses[0] ?? 0))
  })

  test.each([
    ['sweden', 'stockholm', 'supported'],
    ['finland', 'bogota', 'refuted'],
    ['canada', 'ottawa', 'unknown'],
  ])('weights, tokens and text: what the mended mixture says of %s is checked', async (country, city, verdict) => {
    const { answer, verdict: report } = await runTemplate('mend-mix-check', false, { country })
    expect(answer).toContain(`the capital of ${country} is ${city}.`)
    expect(report).toMatchObject({ counts: { [verdict]: 1 } })
  })

  test('two manners steer a neutral model to either side', async () => {
    const { polite, rude } = await onToys('polite-or-rude')
    expect(polite).toMatch(/please|gladly|pleasure|dear|kind|thank|happy|honour|course/)
    expect(rude).toMatch(/turnip|noodle|pest|potato|muddlehead|bah|shush|silly|whining|grumpy/)
  })

  test('two classes weigh a neutral model’s words by Bayes’ rule', async () => {
    const { alone, steered } = await onToys('steer-by-two-classes')
    expect(alone).toMatch(/turnip|muddlehead/)
    expect(steered).toMatch(/pleasure|kind|happy/)
  })

  test('the same seed gives the same outputs again', async () => {
    for (const { id } of entries) expect(await runTemplate(id, false)).toEqual(await onToys(id))
  })
})

describe('on starter models', () => {
  for (const { id, real } of entries) {
    const needed = Object.values(real?.models ?? {})
    test.runIf(real !== undefined && needed.every(isHere))(id, { timeout: 300_000 }, async () => {
      const outputs = await runTemplate(id, true)
      const document = await app.template(id, true)
      expect(Object.keys(outputs).sort()).toEqual(Object.keys(document.interface.outputs).sort())
      for (const [name, { type }] of Object.entries(document.interface.outputs))
        if (type === 'text') expect(String(outputs[name]).trim()).not.toBe('')
      if (id === 'answer-from-documents') expect(outputs.answer).toContain('38')
      if (id === 'draft-and-verify') expect([outputs.fromText, outputs.fromModel]).toEqual([outputs.plain, outputs.plain])
    })
  }
})
