import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { Dataset } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { normaliseAnswer } from '../../ranking/overlap'
import { formParam, inForm, write } from '../asking'
import { longestAnswerParam } from '../common-params'

/** The table that routers and fusers learn from: every model's answer to every question, whether it was right, and how sure the model was. */
export default defineNode(
  {
    type: 'record-answers',
    version: 1,
    title: 'Record answers',
    family: 'ensemble',
    survey: '4.1',
    summary: 'Asks every model every question of a table, and notes who was right and how sure.',
    help: [
      'Makes the records that *Train router*, *Router by records*, *Frugal experts* and *Judge by record* learn from. For each model three columns are added: its name (1 where its answer equals the right one, else 0), “… answer”, and “… sureness” (the probability of its whole answer).',
      '',
      'Answers are compared after lower-casing and without articles and punctuation. Costs one answer of each model for each row; the result is kept, so it is made once.',
    ].join('\n'),
    synonyms: ['benchmark', 'evaluate', 'labels', 'outcomes', 'history', 'training data'],
    inputs: {
      dataset: { wire: 'dataset', arity: 'one', summary: 'questions and right answers' },
      models: { wire: 'model', arity: 'some', takesList: true, summary: 'the models to ask' },
    },
    outputs: { records: { wire: 'dataset', summary: 'the same rows, with what each model did' } },
    params: {
      question: { kind: 'text', default: 'question', summary: 'the column with the questions' },
      answer: { kind: 'text', default: 'answer', summary: 'the column with the right answers' },
      maxTokens: longestAnswerParam(32),
      form: formParam,
    },
    effect: 'pure',
    resource: 'model',
    face: 'question',
  },
  async ({ inputs: { dataset, models: given }, params, context }) => {
    const models = given.flat()
    if (dataset.rows.length === 0) throw new TributaryError('data-empty', 'The table has no questions.', { place: { port: 'dataset' } })
    for (const column of [params.question, params.answer])
      if (!dataset.columns.includes(column))
        throw new TributaryError('input-unknown', `The dataset ${dataset.name} has no column "${column}".`, {
          hint: `Its columns are: ${dataset.columns.join(', ')}.`,
          place: { port: 'dataset' },
        })
    const rows: Record<string, Json>[] = dataset.rows.map((row) => ({ ...row }))
    for (const [done, model] of models.entries()) {
      const opened = await context.models.open(model)
      for (const [index, row] of rows.entries()) {
        context.signal.throwIfAborted()
        const prompt = await inForm(opened, context, params.form, String(row[params.question] ?? ''))
        const { text, logprob } = await write(context, model, prompt, { maxTokens: params.maxTokens })
        row[model.name] = Number(normaliseAnswer(text) === normaliseAnswer(String(row[params.answer] ?? '')))
        row[`${model.name} answer`] = text.trim()
        row[`${model.name} sureness`] = Math.exp(logprob)
        context.progress(done * rows.length + index + 1, models.length * rows.length, 'answers')
      }
    }
    const added = models.flatMap(({ name }) => [name, `${name} answer`, `${name} sureness`])
    return { records: { ...dataset, columns: [...dataset.columns, ...added], rows } satisfies Dataset }
  },
)
