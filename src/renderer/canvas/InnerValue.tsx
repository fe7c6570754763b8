import type { Json } from '../../shared/json'
import { OutputValue, useOutput } from '../panels/OutputValue'
import { Viewer } from '../viewers/Viewer'
import { useArrived } from './arrived'

/** On an input of an inner graph: what it was given, of the item that is looked at. */
export function InnerValue({ name }: { name: string }) {
  const arrived = useArrived(name)
  const data = useOutput(arrived?.output)
  if (!arrived) return <p className="end-doc">What the container is given here appears when the graph has run.</p>
  const { output, item } = arrived
  if (item === undefined) return <OutputValue output={output} node="" />
  const one = Array.isArray(data) ? (data[item] as Json | undefined) : undefined
  return one === undefined ? null : <Viewer kind={output.kind} list={false} data={one} checks={[]} />
}
