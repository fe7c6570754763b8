import type { Document } from '../../shared/value'
import { joinKept, keepWithin } from './keep'
import type { CompressionMethod, CompressorInput, CompressorTools, Unit } from './method'

export interface Compressed {
  readonly documents: Document[]
  readonly report: {
    readonly method: string
    readonly tokensBefore: number
    readonly tokensAfter: number
    readonly keptShare: number
    /** places in the documents given, for striking through what went */
    readonly units: readonly { document: string; start: number; end: number; value: number | null; kept: boolean }[]
  }
}

/** Runs a method and keeps the best units within `share` of the tokens, and of some methods the best one whatever it takes. A share of 1, or nothing to shorten, gives the documents back unchanged. */
export async function compress(method: CompressionMethod, input: CompressorInput, tools: CompressorTools): Promise<Compressed> {
  const tokensBefore = await countAll(input.documents, tools)
  const unchanged = {
    documents: [...input.documents],
    report: { method: method.name, tokensBefore, tokensAfter: tokensBefore, keptShare: 1, units: [] },
  }
  if (input.share >= 1 || tokensBefore === 0) return unchanged
  const units = await method.score(input, tools)
  const isProtected = (unit: Unit) => input.isProtected(input.documents[unit.document]!.text, unit)
  const kept = keepWithin(units, Math.round(tokensBefore * Math.max(0, input.share)), isProtected)
  if (method.keepsBest && input.share > 0 && !kept.includes(true)) keepBest(units, kept)
  const documents = input.documents.flatMap((document, position) => {
    const own = units.map((unit, index) => ({ unit, kept: kept[index]! })).filter(({ unit }) => unit.document === position)
    const shortened = joinKept(
      document,
      own.map(({ unit }) => unit),
      own.map((item) => item.kept),
    )
    return shortened === undefined ? [] : [shortened]
  })
  const tokensAfter = await countAll(documents, tools)
  // cutting inside words can cost more tokens than it saves
  if (tokensAfter > tokensBefore) return unchanged
  return {
    documents,
    report: {
      method: method.name,
      tokensBefore,
      tokensAfter,
      keptShare: tokensAfter / tokensBefore,
      units: units.map(({ document, start, end, value }, index) => ({
        document: input.documents[document]!.id,
        start,
        end,
        value: Number.isFinite(value) ? value : null,
        kept: kept[index]!,
      })),
    },
  }
}

/** Nothing fits the budget: the best unit stays, where it has any value. */
function keepBest(units: readonly Unit[], kept: boolean[]): void {
  const best = units.reduce((top, { value }, index) => (value > (units[top]?.value ?? 0) ? index : top), -1)
  if (best >= 0) kept[best] = true
}

async function countAll(documents: readonly Document[], tools: CompressorTools): Promise<number> {
  let total = 0
  for (const document of documents) total += await tools.countTokens(document.text)
  return total
}
