import { parseEndpoint } from '../../shared/graph/document'
import { useNodeRun, useShown } from '../state/hooks'
import { OutputValue } from './OutputValue'

/** What an output of the graph gave in the run that is shown, as it comes; nothing before the first run. */
export function PortValue({ name }: { name: string }) {
  const source = useShown((graph) => graph.interface.outputs[name]?.from)
  const end = parseEndpoint(source ?? '')
  const of = useNodeRun(end?.node)
  const output = of?.outputs[end?.port ?? '']
  if (of?.phase === 'running' && of.text !== '') return <div className="value-text is-live">{of.text}</div>
  return output && end ? <OutputValue output={output} node={end.node} /> : null
}
