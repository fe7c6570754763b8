import type { TokenizerPolicy, TokenSource } from '../../../shared/expression'
import type { Issue } from '../../../shared/graph/issue'
import { isJsonObject, type Json } from '../../../shared/json'
import type { MergekitConfig } from './config'
import { modelName, unsupported } from './names'

type Tokens = NonNullable<TokenizerPolicy['tokens']>

/** `tokenizer_source` or `tokenizer` as a policy of ours; undefined where nothing is said. Models of the merge are named by their place. */
export function tokenizerOf(
  { tokenizer, tokenizer_source: legacy }: MergekitConfig,
  models: readonly string[],
  base: string | undefined,
  issues: Issue[],
): TokenizerPolicy | undefined {
  if (tokenizer == null && legacy == null) return undefined
  const config = isJsonObject(tokenizer) ? tokenizer : {}
  const placeOf = (given: Json): number | 'base' | undefined => {
    const name = modelName(given)
    if (name === base) return 'base'
    const place = models.indexOf(name)
    if (place < 0) issues.push(unsupported(`The tokenizer names ${name}, which is no model of this merge.`))
    return place < 0 ? undefined : place
  }
  const asked = config.source ?? legacy ?? 'union'
  const source = asked === 'union' || asked === 'base' ? asked : placeOf(asked)
  const tokens: Record<string, Tokens[string]> = {}
  for (const [token, entry] of Object.entries(isJsonObject(config.tokens) ? config.tokens : {})) {
    if (!isJsonObject(entry)) continue
    const from = entry.source == null ? undefined : sourceOf(entry.source, placeOf)
    tokens[token] = { ...(from === undefined ? {} : { source: from }), ...(entry.force === true ? { force: true } : {}) }
  }
  const multiple = config.pad_to_multiple_of
  return {
    source: source ?? 'base',
    ...(Object.keys(tokens).length > 0 ? { tokens } : {}),
    ...(typeof multiple === 'number' && multiple > 1 ? { padToMultipleOf: multiple } : {}),
  }
}

function sourceOf(given: Json, placeOf: (model: Json) => number | 'base' | undefined): TokenSource | undefined {
  if (isJsonObject(given) && given.kind === 'zero') return { kind: 'zero' }
  const isOther = isJsonObject(given) && given.kind === 'model_token'
  const model = placeOf(isOther ? (given.model as Json) : given)
  if (model === undefined) return undefined
  const token = isOther ? (given.token ?? given.token_id) : undefined
  return { kind: 'model', model, ...(typeof token === 'string' || typeof token === 'number' ? { token } : {}) }
}

/** The way back: `nameOf` gives the name of a model by its place. */
export function tokenizerConfig(
  { source, tokens, padToMultipleOf }: TokenizerPolicy,
  nameOf: (model: number | 'base') => string,
): Record<string, Json> {
  const entry = ({ source: from, force }: Tokens[string]): Json => ({
    ...(from === undefined ? {} : { source: sourceConfig(from, nameOf) }),
    ...(force ? { force: true } : {}),
  })
  return {
    source: typeof source === 'number' ? nameOf(source) : source,
    ...(tokens === undefined ? {} : { tokens: Object.fromEntries(Object.entries(tokens).map(([token, one]) => [token, entry(one)])) }),
    ...(padToMultipleOf === undefined ? {} : { pad_to_multiple_of: padToMultipleOf }),
  }
}

function sourceConfig(from: TokenSource, nameOf: (model: number | 'base') => string): Json {
  if (from.kind === 'zero') return { kind: 'zero' }
  if (from.token === undefined) return nameOf(from.model)
  const token = typeof from.token === 'number' ? { token_id: from.token } : { token: from.token }
  return { kind: 'model_token', model: nameOf(from.model), ...token }
}
