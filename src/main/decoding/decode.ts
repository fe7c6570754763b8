import { TributaryError } from '../../shared/errors'
import { canonicalJson, type JsonObject } from '../../shared/json'
import type { DecodeCall, Decoded, DecodeProgram } from '../models/model'
import { type Compiled, compile } from './compile'
import type { DraftSize } from './drafter'
import { openDrafting } from './drafting'
import type { Leaf } from './leaf'
import { prepareOperators } from './prepare'
import { Random } from './random'
import { Rounds } from './rounds'
import { RowSpace } from './row'
import { Sampler } from './sampler'
import { sideBySide } from './side-by-side'
import type { Runtime, TokenConstraint } from './source'

/**
 * Runs a decoding program: the expression is compiled and checked, its leaves read their prompts, then token after token is drawn (or drafted and
 * verified) until an end token, a stop string or the limit. With a drafter the output has exactly the law of plain decoding; greedy output is equal.
 * Ends within one evaluation of `signal` aborting, with its reason. Time is the runtime's. Loads and waits are the runtime's to report.
 */
export async function decode(program: DecodeProgram, runtime: Runtime, call: DecodeCall): Promise<Decoded> {
  const sampler = new Sampler(program.sampler)
  if (!(Number.isInteger(program.maxTokens) && program.maxTokens >= 1)) {
    throw new TributaryError('input-type', `The largest number of tokens is at least 1, not ${program.maxTokens}.`, {
      place: { port: 'maxTokens' },
    })
  }
  const space = new RowSpace()
  try {
    return await decodeIn(space, program, sampler, runtime, call)
  } finally {
    space.release()
  }
}

/**
 * Runs programs that have nothing to do with each other side by side (`side-by-side.ts`): each gives what it gives alone, and what they ask of a model comes
 * in one batch. A pass that several share counts for each; of the time each has its share. Results are in the order of the programs;
 * how many there are is told as they come.
 */
export const decodeAll = (programs: readonly DecodeProgram[], runtime: Runtime, call: DecodeCall): Promise<Decoded[]> =>
  sideBySide(runtime, {
    lengths: programs.map(({ expression }) => canonicalJson(expression).length),
    signal: call.signal,
    work: (own, i) => decode(programs[i] as DecodeProgram, own, call),
    onDone: (done, total) => call.onEvent?.({ type: 'texts-progress', done, total }),
  })

async function decodeIn(space: RowSpace, program: DecodeProgram, sampler: Sampler, runtime: Runtime, call: DecodeCall): Promise<Decoded> {
  const compiled = await compile(program.expression, runtime, space, {
    signal: call.signal,
    progress: (done, total) => call.onEvent?.({ type: 'progress', done, total, unit: 'tokens compared' }),
  })
  const random = new Random(program.seed)
  const drafting = program.drafter && (await openDrafting(program.drafter, compiled, { runtime, sampler, random }))
  const leaves = [...compiled.leaves, ...(drafting?.leaves ?? [])]
  let constraint: TokenConstraint | undefined
  try {
    await attachAll(
      { leaves, compiled, space, maxTokens: program.maxTokens, draft: drafting?.size ?? { tokens: 0, guesses: 1 } },
      runtime,
      call.signal,
    )
    await prepareOperators(compiled, runtime, call.signal)
    constraint = program.jsonSchema && (await constrain(program.jsonSchema, compiled, runtime))
    const drafter = drafting?.start()
    return await new Rounds({
      program,
      compiled,
      space,
      runtime,
      call,
      sampler,
      random,
      drafter,
      verification: drafting?.verification ?? { rule: 'exact' },
      constraint,
    }).finish()
  } finally {
    constraint?.dispose()
    for (const leaf of leaves) leaf.dispose()
  }
}

function constrain(schema: JsonObject, { leaves, vocabulary }: Compiled, runtime: Runtime): Promise<TokenConstraint> {
  const { source } = leaves[0] as Leaf
  if (source.vocabulary.fingerprint !== vocabulary.fingerprint) {
    throw new TributaryError('model-unsupported', 'A text on the union of several vocabularies cannot be held to a JSON Schema.', {
      hint: 'align the other models to the first one instead, or drop the schema',
      place: { port: 'jsonSchema' },
    })
  }
  return runtime.constrain(source.ref, schema)
}

interface Attachment {
  readonly leaves: readonly Leaf[]
  readonly compiled: Compiled
  readonly space: RowSpace
  readonly maxTokens: number
  readonly draft: DraftSize
}

/** Opens the sequences of all leaves in one call, so that their memory is planned together. */
async function attachAll({ leaves, compiled, space, maxTokens, draft }: Attachment, runtime: Runtime, signal: AbortSignal): Promise<void> {
  const judges = (leaf: Leaf): boolean => compiled.leaves.includes(leaf)
  const rowsOf = (leaf: Leaf): number => (judges(leaf) ? draft.tokens + 1 : 1)
  const sequences = await runtime.open(
    leaves.map((leaf) => leaf.openRequest(maxTokens, rowsOf(leaf), judges(leaf) ? draft.guesses : 1)),
    signal,
  )
  leaves.forEach((leaf, i) => {
    const sequence = sequences[i]
    if (sequence === undefined) throw new Error('the runtime opened fewer sequences than were asked for')
    leaf.attach(sequence, rowsOf(leaf), space)
  })
}
