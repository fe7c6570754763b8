import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { Dataset, ModelRef } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { type AskedAll, expectedLoss, fuse, mostExperts, nextExpert, trainFuser } from '../../ranking/experts'
import { formParam, inForm, write } from '../asking'
import { longestAnswerParam } from '../common-params'
import { columnsOfModels, createLearnt, numberOf, numbersByName } from './records-of'

const learnt = createLearnt<ReturnType<typeof trainFuser>>()

/** Experts asked one by one as long as it pays, and a fuser that knows whom to believe. */
export default defineNode(
  {
    type: 'frugal-experts',
    version: 1,
    title: 'Frugal experts',
    family: 'ensemble',
    survey: '4.2',
    paper: 'Wang et al. 2024, arXiv:2310.01542',
    summary: 'Asks as few experts as needed, and takes the answer of the one whom past records trust most.',
    help: [
      'Fusing of experts (FoE): from how sure the asked experts are of their answers, a *fuser* that was learnt on past questions says who is likely right. Its frugal form asks one expert at a time: asking costs λ times the expert’s cost, stopping costs the share of like past questions on which the fused answer would be wrong, and the cheapest way through all orders of asking is taken a step at a time.',
      '',
      'λ 0 asks as long as anything can be gained. Needs the table of *Record answers*. At most eight experts. It works on whole answers, as the reference code does, not on tokens.',
    ].join('\n'),
    synonyms: ['FoE', 'fusing of experts', 'frugal', 'mixture of experts', 'shortest path', 'cascade', 'cost'],
    systems: ['foe'],
    inputs: {
      prompt: { wire: 'text', arity: 'one', summary: 'the question' },
      models: { wire: 'model', arity: 'some', takesList: true, summary: 'the experts' },
      records: { wire: 'dataset', arity: 'one', summary: 'what the experts did on past questions, as Record answers writes it' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the answer taken' },
      model: { wire: 'model', summary: 'whose it is' },
      asked: { wire: 'number', summary: 'how many experts were asked' },
      candidates: { wire: 'candidates', summary: 'all answers, with how sure each expert was' },
    },
    params: {
      lambda: {
        kind: 'number',
        default: 0.05,
        min: 0,
        max: 100,
        step: 0.01,
        title: 'λ',
        summary: 'share of wrong answers that one unit of cost must save',
      },
      costs: { kind: 'json', default: {}, summary: 'cost by name of expert, e.g. {"large": 5}; others cost 1' },
      neighbours: {
        kind: 'number',
        default: 20,
        min: 1,
        max: 1000,
        integer: true,
        unit: 'questions',
        title: 'Neighbours',
        summary: 'so many like past questions tell the loss',
        advanced: true,
      },
      maxTokens: longestAnswerParam(32),
      form: formParam,
    },
    effect: 'pure',
    resource: 'model',
    streams: true,
    face: 'lambda',
  },
  async ({ inputs, params, context }) => {
    const models = inputs.models.flat()
    if (models.length === 0 || models.length > mostExperts)
      throw new TributaryError('input-type', `One to ${mostExperts} experts can be weighed against each other, not ${models.length}.`, {
        place: { port: 'models' },
      })
    const past = pastOf(inputs.records, models)
    const fuser = learnt(
      inputs.records,
      models.map(({ name }) => name),
      () => trainFuser(past, models.length),
    )
    const costs = numbersByName(params.costs, models).map((cost, i) =>
      Object.hasOwn((params.costs as object | null) ?? {}, models[i]!.name) ? cost : 1,
    )
    const seen: (number | undefined)[] = models.map(() => undefined)
    const answers: { text: string; source: string; score: number; tokens: number }[] = []
    const byExpert = new Map<number, string>()
    for (let asked = 0; ; ) {
      const next = nextExpert(asked, costs, params.lambda, (set) => expectedLoss(fuser, past, seen, set, params.neighbours))
      // nobody was asked and nothing seems worth its cost: the cheapest answers all the same
      const expert = next ?? (asked === 0 ? costs.indexOf(Math.min(...costs)) : null)
      if (expert === null) break
      const model = models[expert]!
      const prompt = await inForm(await context.models.open(model), context, params.form, inputs.prompt)
      const { text, logprob, tokens } = await write(context, model, prompt, { maxTokens: params.maxTokens })
      seen[expert] = Math.exp(logprob)
      byExpert.set(expert, text.trim())
      answers.push({ text: text.trim(), source: model.name, score: Math.exp(logprob), tokens })
      asked |= 1 << expert
      context.progress(answers.length, models.length, 'experts')
    }
    const chosen = fuse(fuser, seen)
    return { text: byExpert.get(chosen) ?? '', model: models[chosen] as ModelRef, asked: answers.length, candidates: answers }
  },
)

function pastOf(records: Dataset, models: readonly ModelRef[]): AskedAll[] {
  const names = models.map(({ name }) => name)
  columnsOfModels(records, names[0]!, [...names, ...names.map((name) => `${name} sureness`)])
  const all = records.rows.map((row: Readonly<Record<string, Json>>) => ({
    right: names.map((name) => numberOf(row[name]) ?? 0),
    sureness: names.map((name) => numberOf(row[`${name} sureness`]) ?? 0),
  }))
  if (all.length === 0) throw new TributaryError('data-empty', 'There are no past questions to learn from.', { place: { port: 'records' } })
  return all
}
