import { z } from 'zod'

/** The parts of OpenAI's answers that we read. Servers differ in the rest, so everything else is let through unread. */

const tokenLogprob = z.object({
  token: z.string(),
  logprob: z.number(),
  top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number() })).nullish(),
})
export type TokenLogprob = z.infer<typeof tokenLogprob>

export const chunkSchema = z.object({
  error: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
        logprobs: z.object({ content: z.array(tokenLogprob).nullish() }).nullish(),
      }),
    )
    .default([]),
  usage: z
    .object({
      prompt_tokens: z.number().default(0),
      completion_tokens: z.number().default(0),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
})
export type Chunk = z.infer<typeof chunkSchema>

export const embeddingsSchema = z.object({ data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })) })

export const rerankSchema = z.object({ results: z.array(z.object({ index: z.number().int().min(0), relevance_score: z.number() })) })

/** `/completions` with `echo`: the prompt's own tokens with their log-probabilities; the first has none. */
export const echoSchema = z.object({
  choices: z
    .array(
      z.object({
        logprobs: z.object({
          tokens: z.array(z.string()),
          token_logprobs: z.array(z.number().nullable()),
          text_offset: z.array(z.number()),
        }),
      }),
    )
    .min(1),
})

export const modelsSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      max_model_len: z.number().nullish(),
      meta: z
        .object({
          n_ctx_train: z.number().nullish(),
          n_ctx: z.number().nullish(),
          n_embd: z.number().nullish(),
          n_vocab: z.number().nullish(),
        })
        .nullish(),
    }),
  ),
})
