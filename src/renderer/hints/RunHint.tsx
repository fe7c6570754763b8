import { Keys } from '../parts/parts'
import { useRun } from '../state/hooks'
import { Hint } from './Hint'

/** After the first run: what to do next. */
export function RunHint() {
  const done = useRun((run) => run.state.status === 'done' && run.asOf === undefined)
  if (!done) return null
  return (
    <Hint id="run-again">
      Change something and run again <Keys keys="Mod+Enter" /> Only what depends on it runs.
    </Hint>
  )
}
