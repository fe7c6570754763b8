import { useStore } from 'zustand'
import type { Issue } from '../../shared/graph/validate'
import { shownScope } from '../state/document'
import { useDocument, useSession } from '../state/hooks'
import { problemKey } from '../state/problems'

/** The worst problem of one node of the shown graph, or of a pseudo-node. */
export function useIssues(id: string): Issue | undefined {
  const scope = useDocument(shownScope)
  return useStore(useSession().problems, ({ byNode }) => byNode.get(problemKey(scope, id)))
}

export const useAllProblems = (): readonly Issue[] => useStore(useSession().problems, ({ all }) => all)
