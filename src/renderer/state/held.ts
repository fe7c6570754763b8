import { createStore } from 'zustand/vanilla'
import type { NodeState } from '../../shared/run/fold'

/** Tokens that a person chose for texts which are held, until they are let go on: by run, path of the node and number of the token. */
export const chosenTokens = createStore<{ readonly [key: string]: string }>(() => ({}))

export const heldKey = (run: string, path: string, tokens: number): string => `${run} ${path} ${tokens}`

/** The same candidate again takes the choice back. */
export function chooseToken(key: string, choice: string): void {
  chosenTokens.setState(({ [key]: before, ...others }) => (before === choice ? others : { ...others, [key]: choice }), true)
}

/** Paths of the nodes that are held before a token. */
export const heldPaths = (nodes: Readonly<Record<string, NodeState>>): string[] =>
  Object.keys(nodes).filter((path) => nodes[path]?.held !== undefined)

/** What is to be written instead, of all that is held; forgotten here. */
export function takeChoices(run: string, nodes: Readonly<Record<string, NodeState>>): { node: string; choice: string }[] {
  const chosen = chosenTokens.getState()
  const taken = heldPaths(nodes).flatMap((node) => {
    const choice = chosen[heldKey(run, node, nodes[node]?.held?.tokens ?? 0)]
    return choice === undefined ? [] : [{ node, choice }]
  })
  chosenTokens.setState({}, true)
  return taken
}
