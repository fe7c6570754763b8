import type { DemonstrationContext, Shown } from './demonstration'
import { accuracy, alone, leaf, operator, percent } from './measure'
import { fusedTargets } from './targets'

/** Facts right by toy-base, by toy-other, by toy-other read in the tokens of toy-base (as `params` of Align say), and by the average of both. */
export async function alignedFacts(
  context: DemonstrationContext,
  params: { readonly by: 'exact' | 'nearest'; readonly k?: number },
): Promise<Shown> {
  const [base, other] = [await context.model('toy-base'), await context.model('toy-other')]
  const facts = await context.evalSet('facts')
  const aligned = (prompt: string) => operator(context, 'align', { of: leaf(other, prompt), like: leaf(base, prompt) }, params)
  const figures = {
    base: await accuracy(context, facts, alone(base)),
    other: await accuracy(context, facts, alone(other)),
    otherAligned: await accuracy(context, facts, aligned),
    together: await accuracy(context, facts, async (prompt) =>
      operator(context, 'linear-mix', { models: [leaf(base, prompt), await aligned(prompt)] }),
    ),
  }
  const { otherAligned, together } = figures
  const own = await fusedTargets(context, ['facts'], {}, 'toy-base')
  const fused = await fusedTargets(context, ['facts'], { by: params.by === 'exact' ? 'exact' : 'edit' })
  return {
    effect: `Facts right: toy-base ${percent(figures.base)}, toy-other ${percent(figures.other)}, aligned ${percent(otherAligned)}, together ${percent(together)}. As targets to learn from, token by token of the given answers: ${percent(fused.moved)} of the tokens aligned, the answer the likeliest for ${percent(fused.favoured)} (toy-base’s own: ${percent(own.favoured)}).`,
    pass:
      Math.abs(otherAligned - figures.other) <= 0.05 &&
      together >= figures.base + 0.1 &&
      together >= figures.other &&
      fused.moved >= 0.5 &&
      fused.favoured >= own.favoured + 0.05,
    figures: { ...figures, moved: fused.moved, favoured: fused.favoured, favouredOwn: own.favoured },
  }
}
