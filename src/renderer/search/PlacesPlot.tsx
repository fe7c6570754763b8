import type { CSSProperties } from 'react'
import type { Metric } from '../../shared/run/fold'
import type { Box } from './curve'
import { PlotFrame, tickText } from './PlotFrame'
import { type Place, placesOf } from './places'

const width = 300
const height = 150
const box: Box = { left: 48, top: 10, width: width - 60, height: height - 34 }

interface PlacesPlotProps {
  readonly tried: readonly Metric[]
  /** of the numbers, where they have some */
  readonly names: readonly string[]
  /** number of the candidate that is looked at */
  readonly looked: number | undefined
  onLook(step: number | undefined): void
}

/** Where candidates lie among the numbers that are searched: the better, the stronger the colour. The same candidate is looked at as in the curve. */
export function PlacesPlot({ tried, names, looked, onLook }: PlacesPlotProps) {
  const found = placesOf(tried, box)
  if (!found) return null
  const { form, ranges, places } = found
  const isOne = tried[0]?.point?.length === 1
  const nameOf = (axis: number): string => names[axis] ?? (isOne && axis === 1 ? (tried[0]?.name ?? '') : `number ${axis + 1}`)
  const [across, upwards] = ranges
  const props = (place: Place, i: number) => ({
    className: ['place', i === places.length - 1 ? 'is-best' : '', place.metric.step === looked ? 'is-looked' : '']
      .filter(Boolean)
      .join(' '),
    style: { '--heat': `${Math.round(100 * place.good)}%` } as CSSProperties,
    onPointerEnter: () => onLook(place.metric.step),
    onPointerLeave: () => onLook(undefined),
  })
  return (
    <>
      <h4 className="plot-title">Where they lie: the better, the stronger the colour</h4>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Where candidates lie by ${ranges.map((_, axis) => nameOf(axis)).join(', ')}`}
      >
        {form === 'plane' && across && upwards ? (
          <>
            <PlotFrame box={box} upwards={upwards} upwardsName={nameOf(1)} across={[tickText(across[0]), nameOf(0), tickText(across[1])]} />
            {places.map((place, i) => (
              <circle
                key={place.metric.step}
                {...props(place, i)}
                cx={place.at[0]?.[0]}
                cy={place.at[0]?.[1]}
                r={i === places.length - 1 ? 6 : 4.5}
              />
            ))}
          </>
        ) : (
          <>
            <PlotFrame box={box} across={['1', 'each line crosses the axes at its numbers', String(ranges.length)]} />
            {places.map((place, i) => (
              <polyline
                key={place.metric.step}
                {...props(place, i)}
                points={place.at.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}
              />
            ))}
            {ranges.map(([low, high], axis) => {
              const x = box.left + (axis / (ranges.length - 1)) * box.width
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: an axis is known by its place
                <line key={axis} className="plot-hair" x1={x} x2={x} y1={box.top} y2={box.top + box.height}>
                  <title>{`${nameOf(axis)}: ${tickText(low)} to ${tickText(high)}`}</title>
                </line>
              )
            })}
          </>
        )}
      </svg>
    </>
  )
}
