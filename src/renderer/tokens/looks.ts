import { createStore } from 'zustand/vanilla'

/** How a person looks at the tokens of a node: beside which branch, and at which token. Kept while the window is open, through runs. */
export interface Look {
  readonly with?: string
  readonly selected?: Place
}

/** A token of the node itself (0) or of the branch beside it (1). */
export interface Place {
  readonly branch: 0 | 1
  readonly token: number
}

export const looks = createStore<{ readonly of: Readonly<Record<string, Look>> }>(() => ({ of: {} }))

export const lookKey = (session: string, node: string): string => `${session} ${node}`

export const setLook = (session: string, node: string, change: Look): void =>
  looks.setState(({ of }) => {
    const key = lookKey(session, node)
    return { of: { ...of, [key]: { ...of[key], ...change } } }
  })
