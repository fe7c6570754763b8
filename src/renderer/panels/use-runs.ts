import { useCallback, useEffect, useState } from 'react'
import type { RunCard } from '../../shared/api'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'

/** The runs of a graph, or of all; read again when the house says that there are others. */
export function useRuns(graph: string | undefined, search: string): { readonly runs: readonly RunCard[] | undefined; reload(): void } {
  const app = useApp()
  const [runs, setRuns] = useState<readonly RunCard[]>()
  const reload = useCallback(() => {
    app.client
      .call('runs.list', { ...(graph === undefined ? {} : { graph }), ...(search === '' ? {} : { search }) })
      .then(setRuns, (error) => toastError(app.view, error))
  }, [app, graph, search])
  useEffect(() => {
    const timer = setTimeout(reload, search === '' ? 0 : 200)
    const end = app.client.on('run.listChanged', (change) => {
      if (graph === undefined || change.graph === graph) reload()
    })
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [app, reload, graph, search])
  return { runs, reload }
}
