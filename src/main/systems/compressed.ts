import type { DemonstrationContext, EvalItem } from './demonstration'

/** The context of a reading item as the Compressor node leaves it; its sentences are one document. */
export async function compressContext(
  context: DemonstrationContext,
  item: EvalItem,
  params: Readonly<Record<string, unknown>>,
): Promise<string> {
  const question = (item.question ?? '').replace(/^q: | a:$/g, '')
  const documents = [{ id: 'context', text: (item.context ?? []).join(' ') }]
  const { text } = await context.node('compressor', { inputs: { documents, question }, params })
  return text as string
}
