import { useCallback, useEffect, useState } from 'react'
import type { GraphVersion } from '../../shared/api'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'

/** The versions of a graph, newest first; read again when the house says that there are others. */
export function useVersions(graph: string): readonly GraphVersion[] | undefined {
  const app = useApp()
  const [versions, setVersions] = useState<readonly GraphVersion[]>()
  const reload = useCallback(
    () => void app.client.call('graphs.versions', { id: graph }).then(setVersions, (error) => toastError(app.view, error)),
    [app, graph],
  )
  useEffect(() => {
    reload()
    return app.client.on('graph.versionsChanged', ({ id }) => {
      if (id === graph) reload()
    })
  }, [app, graph, reload])
  return versions
}
