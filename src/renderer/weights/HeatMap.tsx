import type { KeyboardEvent } from 'react'
import type { TensorReport } from '../../shared/weights-report'
import { figureOf, formatFigure, type HeatMapData, type Shown } from './heat'
import { partText } from './part-names'

interface HeatMapProps {
  readonly map: HeatMapData
  readonly shown: Shown
  readonly isShare: boolean
  readonly chosen: string | undefined
  onChoose(tensor: string): void
  onHover(tensor: string | undefined): void
}

/** Layers across, parts down. One stop for the Tab key; arrows walk; each cell says its figure. */
export function HeatMap({ map, ...props }: HeatMapProps) {
  const { layers } = map
  const lines = [...map.rows, ...map.outside.map((tensor) => ({ part: tensor.part, cells: [tensor] }))]
  const names = lines.flatMap(({ cells }) => cells.flatMap((cell) => cell?.name ?? []))
  const stop = props.chosen !== undefined && names.includes(props.chosen) ? props.chosen : names[0]
  const walk = (event: KeyboardEvent, row: number, column: number) => {
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    event.stopPropagation()
    const cells = lines[row + step[0]]?.cells ?? []
    const target = cells[Math.max(0, Math.min(cells.length - 1, column + step[1]))]
    if (!target) return
    props.onChoose(target.name)
    const table = event.currentTarget.closest('table')
    table?.querySelector<HTMLElement>(`[data-tensor="${CSS.escape(target.name)}"]`)?.focus()
  }
  return (
    <div className="heat-scroll">
      <table
        className="heat"
        style={{ '--cell': `${Math.round(Math.min(40, Math.max(14, 480 / Math.max(1, layers.length))))}px` } as React.CSSProperties}
        aria-label="Tensors: layers across, parts down"
        data-testid="heat-map"
      >
        <thead>
          <tr>
            <th scope="col">layer</th>
            {layers.map((layer, i) => (
              <th key={layer} scope="col" aria-label={`layer ${layer}`}>
                {layers.length <= 12 || i === 0 || i === layers.length - 1 || layer % 4 === 0 ? layer : ''}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ part, cells }, row) => (
            <tr key={part} className={row === map.rows.length ? 'heat-outside' : ''}>
              <th scope="row" className="mono" title={partText(part) || part}>
                {part}
              </th>
              {cells.map((tensor, column) => (
                <td key={tensor?.name ?? `none ${layers[column]}`}>
                  {tensor ? (
                    <HeatCell
                      tensor={tensor}
                      most={map.most}
                      isStop={tensor.name === stop}
                      onKey={(event) => walk(event, row, column)}
                      {...props}
                    />
                  ) : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const steps: { readonly [key: string]: readonly [row: number, column: number] } = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
}

interface HeatCellProps extends Omit<HeatMapProps, 'map'> {
  readonly tensor: TensorReport
  readonly most: number
  readonly isStop: boolean
  onKey(event: KeyboardEvent): void
}

function HeatCell({ tensor, shown, isShare, most, chosen, isStop, onChoose, onHover, onKey }: HeatCellProps) {
  const value = figureOf(tensor, shown)
  const where = tensor.layer === null ? tensor.part : `layer ${tensor.layer}, ${tensor.part}`
  return (
    <button
      type="button"
      className="heat-cell"
      tabIndex={isStop ? 0 : -1}
      aria-pressed={tensor.name === chosen}
      aria-label={`${where}: ${formatFigure(value, isShare)}`}
      data-tensor={tensor.name}
      style={{ '--heat': `${Math.round(100 * Math.min(1, Math.abs(value) / most))}%` } as React.CSSProperties}
      onClick={() => onChoose(tensor.name)}
      onPointerEnter={() => onHover(tensor.name)}
      onPointerLeave={() => onHover(undefined)}
      onKeyDown={onKey}
    />
  )
}
