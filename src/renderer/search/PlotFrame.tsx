import { formatNumber } from '../parts/format'
import type { Box } from './curve'

/** Points lie so far within the drawn area. */
const inner = 6

interface PlotFrameProps {
  readonly box: Box
  /** least and most, at the foot and the top of the axis on the left; absent: no such axis */
  readonly upwards?: readonly [low: number, high: number]
  readonly upwardsName?: string
  readonly across: readonly [from: string, name: string, to: string]
}

/** The ground of a plot, with what its ends and axes mean. */
export function PlotFrame({ box, upwards, upwardsName, across: [from, name, to] }: PlotFrameProps) {
  const { left, top, width, height } = box
  const bottom = top + height
  return (
    <g className="plot-frame">
      <rect x={left - inner} y={top - inner} width={width + 2 * inner} height={height + 2 * inner} rx={4} />
      {upwards ? (
        <>
          <text className="is-end" x={left - 10} y={top + 3}>
            {tickText(upwards[1])}
          </text>
          <text className="is-end" x={left - 10} y={bottom + 3}>
            {upwards[0] === upwards[1] ? '' : tickText(upwards[0])}
          </text>
        </>
      ) : null}
      {upwardsName ? (
        <text className="is-middle" transform={`translate(${left - 14} ${top + height / 2}) rotate(-90)`}>
          {short(upwardsName)}
        </text>
      ) : null}
      <text x={left} y={bottom + 19}>
        {from}
      </text>
      <text className="is-middle" x={left + width / 2} y={bottom + 19}>
        {short(name)}
      </text>
      <text className="is-end" x={left + width} y={bottom + 19}>
        {to}
      </text>
    </g>
  )
}

/** Two digits are enough at an axis. */
export const tickText = (value: number): string => formatNumber(Number(value.toPrecision(2)))

const short = (name: string): string => (name.length > 24 ? `${name.slice(0, 23)}…` : name)
