import type { Candidate } from '../../../shared/value'
import type { Decoded, DecodeProgram } from '../../models/model'

/** Params that every node which decodes has, in the order of the form. */
export const samplingParams = {
  temperature: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 5,
    step: 0.1,
    title: 'Temperature',
    summary: '0 always takes the likeliest token; 1 samples as the model thinks; higher is wilder',
  },
  maxTokens: {
    kind: 'number',
    default: 256,
    min: 1,
    max: 100000,
    step: 1,
    integer: true,
    title: 'Longest answer',
    summary: 'tokens written at most',
    unit: 'tokens',
  },
  stop: {
    kind: 'text',
    default: '',
    multiline: true,
    title: 'Stop at',
    summary: 'the answer ends before the first of these texts; one a line, \\n stands for a line break',
    placeholder: '\\n\\n',
  },
  samples: {
    kind: 'number',
    default: 1,
    min: 1,
    max: 64,
    step: 1,
    integer: true,
    title: 'Answers',
    summary: 'how many answers to draw, each with its own seed; more than one needs a temperature above 0 to differ',
    advanced: true,
  },
  topK: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 100000,
    step: 1,
    integer: true,
    title: 'Top-k',
    summary: 'samples among the k likeliest tokens; 0: all',
    advanced: true,
  },
  topP: {
    kind: 'number',
    default: 1,
    min: 0.01,
    max: 1,
    step: 0.01,
    title: 'Top-p',
    summary: 'samples among the likeliest tokens up to this mass; 1: all',
    advanced: true,
  },
  minP: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    step: 0.01,
    title: 'Min-p',
    summary: 'samples among tokens at least this share as likely as the best; 0: all',
    advanced: true,
  },
  repetitionPenalty: {
    kind: 'number',
    default: 1,
    min: 0.1,
    max: 5,
    step: 0.05,
    title: 'Repetition penalty',
    summary: 'above 1 makes tokens that were written before less likely; 1 does nothing',
    advanced: true,
  },
  jsonSchema: {
    kind: 'json',
    default: null,
    title: 'JSON Schema',
    summary: 'the answer is JSON of this schema; null: free text',
    advanced: true,
  },
  trim: {
    kind: 'boolean',
    default: true,
    title: 'Trim',
    summary: 'removes white space around the answer',
    advanced: true,
  },
} as const

export interface SamplingValues {
  readonly temperature: number
  readonly maxTokens: number
  readonly stop: string
  readonly topK: number
  readonly topP: number
  readonly minP: number
  readonly repetitionPenalty: number
  readonly jsonSchema: unknown
  readonly trim: boolean
}

/** The part of a decoding program that these params say. */
export function samplingOf(params: SamplingValues): Pick<DecodeProgram, 'sampler' | 'maxTokens' | 'stop' | 'jsonSchema'> {
  const { temperature, topK, topP, minP, repetitionPenalty, jsonSchema } = params
  const isSchema = typeof jsonSchema === 'object' && jsonSchema !== null && !Array.isArray(jsonSchema)
  return {
    sampler: { temperature, topK, topP, minP, repetitionPenalty },
    maxTokens: params.maxTokens,
    stop: stopStrings(params.stop),
    ...(isSchema ? { jsonSchema: jsonSchema as NonNullable<DecodeProgram['jsonSchema']> } : {}),
  }
}

/** One stop string a line; `\n` and `\t` are written out. */
export function stopStrings(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'))
}

/** A decoded text as a candidate. */
export function candidateOf(decoded: Decoded, source: string, trim: boolean): Candidate {
  return {
    text: trim ? decoded.text.trim() : decoded.text,
    source,
    ...(Number.isNaN(decoded.logprob) ? {} : { logprob: decoded.logprob }),
    tokens: decoded.tokens,
  }
}

/** The seed of the i-th answer of a node: the first is the node's own, so that one answer does not change when more are asked for. */
export const seedOf = (seed: number, i: number): number => (seed + Math.imul(i, 0x9e3779b9)) >>> 0
