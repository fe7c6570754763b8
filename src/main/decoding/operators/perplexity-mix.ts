import { TributaryError } from '../../../shared/errors'
import { defineOperator, type PromptOf, type Sweep } from '../operator'
import { ShareSearch, weightsByLoss } from '../prompt-weights'
import { mixRows, multiplyRows } from '../row'

/** Positions of the prompt that the search looks at, at most. */
const searched = 256

/** PackLLM: weights from how well each model predicts the prompt, found once. sim: softmax(−loss/τ); greedy: shares searched on a grid, best model first. */
export default defineOperator(
  {
    name: 'perplexity-mix',
    title: 'Mix by prompt perplexity (PackLLM)',
    formula: 'w from ℓ_i = mean −log p_i of the prompt’s tokens',
    summary: 'Gives most say to the model that finds the prompt least surprising.',
    help: `Before the first token every model reads its prompt; who predicts it best knows the subject best. The weights are found once and hold for the whole answer.

- **similarity**: weight ∝ exp(−loss/τ), so at τ = 1 inversely proportional to perplexity; a small τ nearly picks one model. Costs nothing beyond reading the prompts.
- **greedy**: starts with the best model and searches, for each next one, the share that predicts the prompt best. Reads the prompts once per model more; needs equal prompts of one vocabulary.

Perplexity is per token within one vocabulary and per byte across vocabularies (put *Align vocabulary* before the foreign ones). *Combine*: the product of the published method, or an average. A prompt of one token weighs all alike.`,
    synonyms: ['PackLLM', 'perplexity weights', 'expert selection', 'adaptive ensemble', 'route', 'weigh'],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Mavromatis et al. 2024, arXiv:2404.11531',
    systems: ['packllm'],
    inputs: { models: { arity: 'some', summary: 'the models to weigh and mix' } },
    params: {
      mode: {
        kind: 'choice',
        default: 'similarity',
        title: 'Weights',
        summary: 'how they are found',
        options: [
          { value: 'similarity', title: 'similarity', formula: 'w_i ∝ exp(−ℓ_i / T), T = {temperature}' },
          {
            value: 'greedy',
            title: 'greedy search',
            formula: 'w: shares that lower ℓ of the mixture, searched model by model, best first',
          },
        ],
      },
      temperature: {
        kind: 'number',
        default: 1,
        min: 0.01,
        max: 10,
        step: 0.05,
        title: 'τ',
        summary: 'smaller: the best model takes all',
        when: { param: 'mode', in: ['similarity'] },
      },
      combine: {
        kind: 'choice',
        default: 'product',
        title: 'Combine',
        summary: 'what is weighted',
        options: [
          { value: 'product', title: 'product (logits)', formula: 'p ∝ Π p_i^w_i' },
          { value: 'average', title: 'average (probabilities)', formula: 'p = Σ w_i p_i' },
        ],
        advanced: true,
      },
    },
    face: 'mode',
  },
  {
    async prepare({ models }, params, sweep) {
      const losses = await lossesOf(models, sweep)
      return params.mode === 'greedy' ? greedyWeights(models, losses, sweep) : weightsByLoss(losses, params.temperature)
    },
    weights: ({ bridge }) => ({ models: bridge as readonly number[] }),
    apply({ inputs: { models }, params, bridge }, out) {
      const mix = params.combine === 'average' ? mixRows : multiplyRows
      mix(models, bridge as readonly number[], out)
    },
  },
)

/** Mean loss of each prompt's tokens after the first: nats a token, or nats a byte where vocabularies differ. Nothing to judge by: 0. */
async function lossesOf(models: readonly PromptOf[], sweep: Sweep): Promise<number[]> {
  const isOne = models.every(({ vocabulary }) => vocabulary.fingerprint === models[0]?.vocabulary.fingerprint)
  const losses: number[] = []
  for (const model of models) {
    let nats = 0
    let units = 0
    await sweep([model], 0, (position, [row]) => {
      const token = tokenAfter(model, position)
      nats -= row?.logprob(token) ?? 0
      units += isOne ? 1 : model.vocabulary.pieceBytes(model.tokens[position + 1] as number).length
    })
    losses.push(units > 0 ? nats / units : 0)
  }
  return losses
}

/** The prompt's token after a position. The turns of a chat end with end tokens, and all of these are one in the rows. */
function tokenAfter({ tokens, vocabulary: { endTokens } }: PromptOf, position: number): number {
  const token = tokens[position + 1] as number
  return endTokens.includes(token) ? (endTokens[0] as number) : token
}

/** Weights by the greedy search over shares, for models that read the same tokens. */
async function greedyWeights(models: readonly PromptOf[], losses: readonly number[], sweep: Sweep): Promise<number[]> {
  const [first] = models as readonly [PromptOf, ...PromptOf[]]
  if (models.some(({ tokens }) => tokens.length !== first.tokens.length || tokens.some((token, i) => token !== first.tokens[i]))) {
    throw new TributaryError('input-type', 'The greedy search needs the same prompt, in the same tokens, for every model.', {
      hint: 'give all models one prompt, or use the similarity weights',
    })
  }
  const order = [...models.keys()].sort((a, b) => (losses[a] as number) - (losses[b] as number) || a - b)
  const weights: number[] = models.map((_, i) => (i === order[0] ? 1 : 0))
  const from = Math.max(0, first.tokens.length - 1 - searched)
  for (const next of order.slice(1)) {
    const members = [...models.keys()].filter((i) => (weights[i] as number) > 0)
    const search = new ShareSearch(first.vocabulary.size)
    await sweep(
      [...members, next].map((i) => models[i] as PromptOf),
      from,
      (position, rows) =>
        search.add(
          rows.slice(0, -1),
          members.map((i) => weights[i] as number),
          rows.at(-1) as (typeof rows)[number],
          tokenAfter(first, position),
        ),
    )
    const share = search.best()
    for (const i of members) weights[i] = (weights[i] as number) * share
    weights[next] = 1 - share
  }
  return weights
}
