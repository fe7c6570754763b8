import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import { isTraceReport } from '../../shared/trace/trace'
import { formatCount, plural } from '../parts/format'
import { selectOnly } from '../state/flow'
import { useApp, useSession } from '../state/hooks'
import { openPanel } from '../state/panels'
import { shownIn } from '../state/session'
import { letterOf } from './export'

/** What an output `trace` holds, in a sentence, and the way to its tokens. */
export function TraceBrief({ value, node }: { value: Json; node: string }) {
  const app = useApp()
  const session = useSession()
  if (!isTraceReport(value)) return null
  const { tokens, drafted, accepted, decided, passes } = value
  const parts =
    decided.length > 1 ? decided.map(({ name, tokens: own }, i) => `${letterOf(i)} (${name}) ${formatCount(own)}`).join(', ') : undefined
  const show = () => {
    selectOnly(session.flow, [writerOf(shownIn(session), node)])
    openPanel(app.view, 'dock', 'tokens')
  }
  return (
    <div className="value-text">
      <p>
        {plural(tokens, 'token')}
        {parts ? `; decided by ${parts}` : ''}
        {drafted > 0
          ? `; ${formatCount(accepted)} of ${formatCount(drafted)} drafted tokens accepted, ${plural(passes, 'pass', 'passes')}`
          : ''}
      </p>
      <button type="button" className="btn small nodrag" onClick={show}>
        Look at the tokens
      </button>
    </div>
  )
}

/** An output of the graph shows what a node wrote. */
const writerOf = (document: GraphDocument, id: string): string =>
  (id.startsWith('=') ? parseEndpoint(document.interface.outputs[id.slice(1)]?.from ?? '')?.node : undefined) ?? id
