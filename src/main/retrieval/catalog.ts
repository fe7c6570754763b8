import type { RetrievalMethod } from './search'

/** Every method of `methods/`, by name. */
export const retrievalMethods: ReadonlyMap<string, RetrievalMethod> = new Map(
  Object.values(
    import.meta.glob(['./methods/*.ts', '!./methods/*.test.ts'], { eager: true }) as Record<string, { default: RetrievalMethod }>,
  ).map(({ default: method }) => [method.name, method]),
)
