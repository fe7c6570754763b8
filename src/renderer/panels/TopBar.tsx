import {
  ChevronDown,
  ClipboardList,
  Flag,
  GitFork,
  MoreHorizontal,
  PanelBottom,
  PanelLeft,
  PanelRight,
  Play,
  Redo2,
  Search,
  SkipForward,
  Square,
  StepForward,
  Undo2,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { commandById, isEnabled, keysIn, runCommand } from '../commands/registry'
import { forms } from '../form/form-state'
import { DropMenu, Keys, type MenuEntry, Tip } from '../parts/parts'
import type { App } from '../state/app'
import { useApp, useDocument, useRun, useSession, useView } from '../state/hooks'
import { panelFacts } from '../state/panels'
import { isPaused } from '../state/run'
import mark from '../theme/mark.svg'
import { GraphTabs } from './GraphTabs'

/** Tabs of graphs, and what can be done with the one in front. */
export function TopBar() {
  const app = useApp()
  const inGraph = useView((view) => view.screen === 'canvas' && view.active !== undefined)
  return (
    <header className="topbar">
      <button type="button" className="brand" aria-label="Tributary: all graphs" onClick={() => app.view.setState({ screen: 'home' })}>
        <img src={mark} alt="" width={20} height={20} />
        <span>Tributary</span>
      </button>
      <GraphTabs />
      <span className="topbar-space" />
      {inGraph ? <GraphTools /> : null}
      <Tip text="All commands" keys={keysIn(app, 'commands')[0]}>
        <button type="button" className="btn quiet command-button" data-testid="open-commands" onClick={() => runCommand(app, 'commands')}>
          <Search />
          <span className="sr-only">All commands</span>
          {keysIn(app, 'commands')[0] ? <Keys keys={keysIn(app, 'commands')[0] ?? ''} /> : null}
        </button>
      </Tip>
    </header>
  )
}

const panelTools = [
  {
    panel: 'left',
    label: 'Left panel',
    command: 'left-panel',
    testId: 'toggle-left',
    icon: <PanelLeft />,
    text: 'The list of nodes, the library, the outline and the versions',
  },
  {
    panel: 'dock',
    label: 'Bottom panel',
    command: 'dock',
    testId: 'toggle-dock',
    icon: <PanelBottom />,
    text: 'Timeline, tokens, weights, problems and runs',
  },
  {
    panel: 'inspector',
    label: 'Inspector',
    command: 'inspector',
    testId: 'toggle-inspector',
    icon: <PanelRight />,
    text: 'Inspector: this graph, or what is selected',
  },
] as const

function GraphTools() {
  const app = useApp()
  const session = useSession()
  const live = useRun((run) => run.live)
  const starting = useRun((run) => run.starting)
  const paused = useRun(isPaused)
  const hasPast = useDocument((state) => state.past.length > 0 && !state.readOnly)
  const hasFuture = useDocument((state) => state.future.length > 0 && !state.readOnly)
  const isForm = useStore(forms, ({ shown }) => shown.has(session.id))
  const undoLabel = useDocument((state) => state.past.at(-1)?.label)
  const entry = (id: string, separated = false): MenuEntry => menuEntry(app, id, separated)
  return (
    <div className="graph-tools">
      <Tool text={undoLabel ? `Undo: ${undoLabel}` : 'Undo'} label="Undo" command="undo" disabled={!hasPast} icon={<Undo2 />} />
      <Tool label="Redo" command="redo" disabled={!hasFuture} icon={<Redo2 />} />
      <Tool text="Plan: what will run, and does it fit" label="Plan" command="plan" testId="open-plan" icon={<Flag />} named />
      <Tool
        text="Variants: several values of a param side by side"
        label="Variants"
        command="variants"
        testId="open-variants"
        icon={<GitFork />}
        named
      />
      {panelTools.map((tool) => (
        <PanelTool key={tool.panel} {...tool} />
      ))}
      <Tool
        text={isForm ? 'Back to the canvas' : 'Form: what a colleague sees of this graph'}
        label="Form"
        command="form"
        testId="toggle-form"
        pressed={isForm}
        icon={<ClipboardList />}
        named
      />
      <DropMenu
        label="Graph"
        trigger={
          <button type="button" className="btn quiet icon" aria-label="More about this graph" data-testid="graph-menu">
            <MoreHorizontal />
          </button>
        }
        entries={[
          entry('layout'),
          entry('find'),
          entry('export', true),
          ...(isEnabled(commandById('export-mergekit'), app) ? [entry('export-mergekit')] : []),
          entry('import'),
          entry('copy-command'),
          entry('duplicate-graph'),
          entry('save-version', true),
          entry('versions'),
          entry('what-changed'),
        ]}
      />
      {paused ? (
        <>
          <Tip text="Go on from the breakpoint" keys={keysIn(app, 'resume-run')[0]}>
            <button type="button" className="btn" data-testid="resume-run" onClick={() => runCommand(app, 'resume-run')}>
              <SkipForward /> Go on
            </button>
          </Tip>
          <Tip text="One step, then pause again" keys={keysIn(app, 'step-run')[0]}>
            <button type="button" className="btn" data-testid="step-run" onClick={() => runCommand(app, 'step-run')}>
              <StepForward /> Step
            </button>
          </Tip>
        </>
      ) : null}
      {live || starting ? (
        <Tip text="Stop the run" keys={keysIn(app, 'stop')[0]}>
          <button type="button" className="btn stop" data-testid="stop" disabled={starting} onClick={() => runCommand(app, 'stop')}>
            <Square /> Stop
          </button>
        </Tip>
      ) : (
        <span className="run-group">
          <Tip text="Run what has changed" keys={keysIn(app, 'run')[0]}>
            <button type="button" className="btn primary" data-testid="run" onClick={() => runCommand(app, 'run')}>
              <Play /> Run
            </button>
          </Tip>
          <DropMenu
            label="Ways to run"
            trigger={
              <button type="button" className="btn primary" aria-label="Ways to run" data-testid="run-menu">
                <ChevronDown />
              </button>
            }
            entries={[entry('run'), entry('run-to'), entry('run-from'), entry('run-only'), entry('run-fresh', true)]}
          />
        </span>
      )}
    </div>
  )
}

/** Shows a panel, or hides it. */
function PanelTool({ panel, text, ...tool }: (typeof panelTools)[number]) {
  const isOpen = useView((view) => view.panels[panel].open)
  return <Tool text={isOpen ? `Hide the ${panelFacts[panel].name}` : text} pressed={isOpen} {...tool} />
}

/** A button of the bar: a picture of a command, with its keys in the tip; `named`: its name beside it where there is room. */
function Tool({
  label,
  command,
  icon,
  text = label,
  testId = command,
  pressed,
  disabled = false,
  named = false,
}: {
  label: string
  command: string
  icon: ReactNode
  text?: string
  testId?: string
  pressed?: boolean
  disabled?: boolean
  named?: boolean
}) {
  const app = useApp()
  return (
    <Tip text={text} keys={keysIn(app, command)[0]}>
      <button
        type="button"
        className={named ? 'btn quiet icon is-named' : 'btn quiet icon'}
        aria-label={label}
        aria-pressed={pressed}
        data-testid={testId}
        disabled={disabled}
        onClick={() => runCommand(app, command)}
      >
        {icon}
        {named ? <span>{label}</span> : null}
      </button>
    </Tip>
  )
}

export function menuEntry(app: App, id: string, separated = false): MenuEntry {
  const command = commandById(id)
  const Icon = command.icon
  return {
    id,
    label: command.title,
    ...(Icon ? { icon: <Icon /> } : {}),
    keys: keysIn(app, id)[0],
    disabled: !isEnabled(command, app),
    danger: command.danger ?? false,
    separated,
    onSelect: () => runCommand(app, id),
  }
}
