import { TributaryError } from '../../../shared/errors'
import { nucleus } from '../distribution'
import { kernel } from '../kernel/index'
import { cutBelowBest } from '../mask'
import { defineOperator } from '../operator'
import type { Row } from '../row'
import { listOfNumbers } from '../weights'

/** z = z_base + Σ α_i (z_tuned,i − z_untuned,i), on the tokens that the mask of the base keeps. What any source rules out stays out. */
export default defineOperator(
  {
    name: 'offset',
    title: 'Offset',
    formula: "z'(v) = z_base(v) + Σ α_i (z_tuned,i(v) − z_untuned,i(v)), α = {alpha}",
    summary: 'Shifts a model by what tuning changed in a smaller one: base + strength × (tuned − untuned).',
    help: `Proxy tuning, emulated fine-tuning and DExperts: **z = z_base + α·(z_tuned − z_untuned)**.

Gives a large model the skill of a small tuned one without touching its weights; with a toxic and a clean small model it steers tone. α = 0 is the base, 1 is the usual strength, 2–3 steers hard; above 1 it also scales the tuning up (emulated tuning). Several pairs add up, pair by pair in the order of their wires; *Strengths* then gives one α per pair.

The *mask* keeps only tokens the base finds plausible, because a token that the untuned model finds nearly impossible would explode: **min-p** with a tiny share, or the base's **nucleus** (DExperts, 0.9). *none* reproduces proxy tuning to the letter. All models need the same vocabulary. Costs one pass of the base and of both small models.`,
    synonyms: ['proxy tuning', 'DExperts', 'emulated fine-tuning', 'logit arithmetic', 'steer', 'anti-expert', 'task offset'],
    family: 'cooperation',
    survey: '5.2.3',
    paper: 'Liu et al. 2021, arXiv:2105.03023; Liu et al. 2024, arXiv:2401.08565',
    systems: ['proxy-tuning', 'emulated-tuning', 'dexperts'],
    inputs: {
      base: { arity: 'one', summary: 'the distribution to shift' },
      tuned: { arity: 'some', summary: 'models that have the skill' },
      untuned: { arity: 'some', summary: 'the same models before they had it, in the same order' },
    },
    params: {
      alpha: {
        kind: 'number',
        default: 1,
        min: -5,
        max: 5,
        step: 0.1,
        title: 'Strength',
        summary: 'α; 0 does nothing, negative moves away',
      },
      alphas: { kind: 'json', default: [], title: 'Strengths', summary: 'one α per pair; empty: the same for all', advanced: true },
      mask: {
        kind: 'choice',
        default: 'min-p',
        title: 'Mask',
        summary: 'which tokens of the base may be chosen',
        options: [
          { value: 'min-p', title: 'at least a share of the best', formula: 'on tokens with p_base(v) ≥ {minP} · max p_base' },
          { value: 'nucleus', title: 'the likeliest up to a mass', formula: 'on the likeliest tokens of the base with Σ p_base ≥ {topP}' },
          { value: 'none', title: 'all' },
        ],
      },
      minP: {
        kind: 'number',
        default: 0.001,
        min: 0,
        max: 1,
        step: 0.001,
        title: 'Share',
        summary: 'keeps tokens at least this share as likely as the base’s best',
        when: { param: 'mask', in: ['min-p'] },
      },
      topP: {
        kind: 'number',
        default: 0.9,
        min: 0.01,
        max: 1,
        step: 0.01,
        title: 'Mass',
        summary: 'keeps the likeliest tokens of the base up to this mass',
        when: { param: 'mask', in: ['nucleus'] },
      },
    },
    face: 'alpha',
  },
  {
    check(params, counts) {
      if (counts.tuned !== counts.untuned) {
        throw new TributaryError(
          'input-missing',
          `An offset needs pairs, but has ${counts.tuned} tuned and ${counts.untuned} untuned models.`,
          {
            hint: 'connect as many untuned models as tuned ones, in the same order',
            place: { port: 'untuned' },
          },
        )
      }
      listOfNumbers(params.alphas, counts.tuned, 'alphas')
    },
    weights({ params, counts }) {
      const alphas = listOfNumbers(params.alphas, counts.tuned, 'alphas')
      const strengths = Array.from({ length: counts.tuned }, (_, i) => alphas[i] ?? params.alpha)
      return { base: [1], tuned: strengths, untuned: strengths.map((strength) => -strength) }
    },
    apply({ inputs: { base, tuned, untuned }, params }, out) {
      const alphas = listOfNumbers(params.alphas, tuned.length, 'alphas')
      const strength = (pair: number): number => alphas[pair] ?? params.alpha
      const rows = [base, ...tuned, ...untuned].map((row) => row.values)
      const weights = [1, ...tuned.map((_, i) => strength(i)), ...untuned.map((_, i) => -strength(i))]
      if (params.mask === 'nucleus' && params.topP < 1) return shiftSome(nucleus(base, params.topP), rows, weights, out)
      kernel.combine(rows, weights, out.values)
      if (params.mask === 'min-p') maskBelow(base, params.minP, out.values)
      out.touch()
    },
  },
)

/** The shifted scores of the named tokens; all others −Infinity. */
function shiftSome(ids: Int32Array, rows: readonly Float32Array[], weights: readonly number[], out: Row): void {
  const gathered = rows.map((row) => Float32Array.from(ids, (id) => row[id] as number))
  const shifted = new Float32Array(ids.length)
  kernel.combine(gathered, weights, shifted)
  out.values.fill(-Infinity)
  ids.forEach((id, i) => {
    out.values[id] = shifted[i] as number
  })
  out.touch()
}

function maskBelow(base: Row, share: number, out: Float32Array): void {
  const floor = cutBelowBest(base, share)
  if (floor === -Infinity) return
  for (let v = 0; v < out.length; v++) if ((base.values[v] as number) < floor) out[v] = -Infinity
}
