import { ArrowLeftRight, ArrowUpDown, Columns2, Rows2, X } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { Grip } from '../parts/Grip'
import { Tip } from '../parts/parts'
import { rowClass, useRow } from '../parts/use-row'
import { useApp, useView } from '../state/hooks'
import {
  bringForward,
  chooseTab,
  type Half,
  inFront,
  joinPanel,
  type PanelId,
  type PanelTab,
  panelFacts,
  panelOf,
  panelTabs,
  resizePanel,
  shareRange,
  splitPanel,
  togglePanel,
} from '../state/panels'
import './split-panel.css'

/** What a half needs to be of use, in pixels along the line of the split. */
const leastRoom = { stacked: 150, beside: 240 }

interface Contents<P extends PanelId> {
  readonly panel: P
  body(tab: PanelTab<P>): ReactNode
  /** what else is said on a tab, such as how many problems there are */
  title?(tab: PanelTab<P>, name: string): string
}

/** What a panel shows: one of its tabs, or two in halves, as far as there is room for both. All three panels are this one. */
export function SplitPanel<P extends PanelId>(contents: Contents<P>) {
  const { panel: id } = contents
  const { tabs, front, share } = useView((view) => panelOf(view, id))
  const { split } = panelFacts[id]
  const ref = useRef<HTMLDivElement>(null)
  const hasRoom = useRoomFor(ref, split)
  const shown: readonly Half[] = tabs.length === 1 ? [0] : hasRoom ? [0, 1] : [front]
  return (
    <div ref={ref} className={`split-panel ${split}`}>
      {shown.map((half) => (
        <PanelHalf key={half} {...contents} half={half} hasRoom={hasRoom} share={half === 1 && hasRoom ? share : undefined} />
      ))}
    </div>
  )
}

function PanelHalf<P extends PanelId>({
  panel: id,
  half,
  hasRoom,
  share,
  body,
  title = (_, name) => name,
}: Contents<P> & { readonly half: Half; readonly hasRoom: boolean; readonly share: number | undefined }) {
  const app = useApp()
  const tab = useView((view) => panelOf(view, id).tabs[half] ?? panelOf(view, id).tabs[0])
  const list = useRef<HTMLDivElement>(null)
  const { name, split } = panelFacts[id]
  const names = Object.entries(panelTabs[id]) as [PanelTab<P>, string][]
  const hidden = useRow(list, '[aria-selected="true"]', tab, names.length)
  const use = () => bringForward(app.view, id, half)
  return (
    <Tabs.Root
      className={half === 1 ? 'panel-half is-second' : 'panel-half'}
      data-testid={half === 1 ? `${id}-second` : `${id}-first`}
      value={tab}
      onValueChange={(next) => chooseTab(app.view, id, half, next as PanelTab<P>)}
      onPointerDownCapture={use}
      onFocusCapture={use}
      style={share === undefined ? {} : { flexBasis: `${share}%` }}
    >
      {share === undefined ? null : (
        <Grip
          label={split === 'beside' ? `Width of the ${name}’s second half` : `Height of the ${name}’s second half`}
          along={split === 'beside' ? 'x' : 'y'}
          value={share}
          unit="%"
          step={5}
          {...shareRange}
          perPixel={(grip) => 100 / (roomOf(grip.closest('.split-panel'), split) || 1)}
          onChange={(next) => resizePanel(app.view, id, { share: next })}
        />
      )}
      <div className="tab-row">
        <Tabs.List
          ref={list}
          className={`tab-list ${rowClass(hidden)}`}
          aria-label={half === 1 ? `${sentence(name)}, second half` : sentence(name)}
        >
          {names.map(([other, text]) => (
            <Tabs.Trigger key={other} value={other} className="tab">
              {title(other, text)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <span className="topbar-space" />
        <HalfButtons id={id} half={half} hasRoom={hasRoom} />
      </div>
      {names.map(([other]) => (
        <Tabs.Content key={other} value={other} className={`panel-body ${id}-body`}>
          {other === tab ? body(other) : null}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}

/** Split, hide or close: what the half with this tab row offers. The narrow panels are hidden from the bar above. The keys stay where the hand was. */
function HalfButtons({ id, half, hasRoom }: { id: PanelId; half: Half; hasRoom: boolean }) {
  const app = useApp()
  const isSplit = useView((view) => view.panels[id].tabs.length === 2)
  const { name, split } = panelFacts[id]
  const beside = split === 'beside'
  if (isSplit && hasRoom && half === 1)
    return (
      <HalfButton
        text={`Close the second half of the ${name}`}
        icon={<X />}
        act={() => {
          joinPanel(app.view, id, 1)
          focusTab(id, 0)
        }}
      />
    )
  return (
    <>
      {isSplit ? (
        hasRoom ? null : (
          <OtherHalf id={id} />
        )
      ) : (
        <HalfButton
          text={hasRoom ? `Split the ${name}` : `Split the ${name}: make it larger first`}
          label={`Split the ${name}`}
          icon={beside ? <Columns2 /> : <Rows2 />}
          disabled={!hasRoom}
          act={() => {
            splitPanel(app.view, id)
            focusTab(id, 1)
          }}
        />
      )}
      {beside ? <HalfButton text={`Hide the ${name}`} icon={<X />} act={() => togglePanel(app.view, id)} /> : null}
    </>
  )
}

/** Where there is no room for both, the half that is not seen is one press away. */
function OtherHalf({ id }: { id: PanelId }) {
  const app = useApp()
  const panel = useView((view) => panelOf(view, id))
  const other: Half = panel.front === 0 ? 1 : 0
  const names: { readonly [tab: string]: string } = panelTabs[id]
  const hidden = names[inFront({ ...panel, front: other })] ?? ''
  return (
    <HalfButton
      text={`Show the other half: ${hidden}`}
      icon={panelFacts[id].split === 'beside' ? <ArrowLeftRight /> : <ArrowUpDown />}
      act={() => {
        bringForward(app.view, id, other)
        focusTab(id, other)
      }}
    />
  )
}

function HalfButton({
  text,
  label = text,
  icon,
  disabled = false,
  act,
}: {
  text: string
  label?: string
  icon: ReactNode
  disabled?: boolean
  act(): void
}) {
  return (
    <Tip text={text}>
      <button
        type="button"
        className="btn quiet icon small"
        aria-label={label}
        aria-disabled={disabled}
        onClick={disabled ? undefined : act}
      >
        {icon}
      </button>
    </Tip>
  )
}

const focusTab = (id: PanelId, half: Half) =>
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-testid="${id}-${half === 1 ? 'second' : 'first'}"] [aria-selected="true"]`)?.focus(),
  )

const roomOf = (box: Element | null, split: 'stacked' | 'beside'): number =>
  (split === 'beside' ? box?.clientWidth : box?.clientHeight) ?? 0

/** Whether two halves can both be of use. */
function useRoomFor(ref: RefObject<HTMLDivElement | null>, split: 'stacked' | 'beside'): boolean {
  const [has, setHas] = useState(true)
  useLayoutEffect(() => {
    const box = ref.current
    if (!box) return undefined
    const look = () => setHas(roomOf(box, split) >= 2 * leastRoom[split])
    look()
    const observer = new ResizeObserver(look)
    observer.observe(box)
    return () => observer.disconnect()
  }, [ref, split])
  return has
}

const sentence = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** The frame of a panel: as wide or tall as a person made it, with a grip on the edge towards the canvas. */
export function PanelFrame({ panel: id, className, children }: { panel: PanelId; className: string; children: ReactNode }) {
  const app = useApp()
  const size = useView((view) => view.panels[id].size)
  const { name, min, max } = panelFacts[id]
  const isDock = id === 'dock'
  return (
    <div className={className} style={isDock ? { height: `min(${size}px, 55%)` } : { width: size }}>
      <Grip
        label={`${isDock ? 'Height' : 'Width'} of the ${name}`}
        along={isDock ? 'y' : 'x'}
        after={id === 'left'}
        value={size}
        min={min}
        max={max}
        onChange={(next) => resizePanel(app.view, id, { size: next })}
      />
      {children}
    </div>
  )
}
