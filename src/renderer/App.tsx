import { Tooltip } from 'radix-ui'
import { useStore } from 'zustand'
import { Canvas } from './canvas/Canvas'
import { CompareScreen } from './compare/CompareScreen'
import { DatasetsScreen } from './datasets/DatasetsScreen'
import { FormView } from './form/FormView'
import { forms } from './form/form-state'
import { NoticeBar } from './hints/NoticeBar'
import { Dock } from './panels/Dock'
import { HomeScreen } from './panels/HomeScreen'
import { Inspector } from './panels/Inspector'
import { LeftPanel } from './panels/LeftPanel'
import { ModelsScreen } from './panels/ModelsScreen'
import { Overlays } from './panels/Overlays'
import { PastBanner } from './panels/PastBanner'
import { Rail } from './panels/Rail'
import { RunsScreen } from './panels/RunsScreen'
import { SettingsScreen } from './panels/SettingsScreen'
import { StatusBar } from './panels/StatusBar'
import { TemplatesScreen } from './panels/TemplatesScreen'
import { Toasts } from './panels/Toasts'
import { TopBar } from './panels/TopBar'
import { Grip } from './parts/Grip'
import type { App as AppState } from './state/app'
import { AppContext, SessionContext, useApp, useView } from './state/hooks'

export function App({ app }: { app: AppState }) {
  const active = useStore(app.view, (view) => view.active)
  const session = active === undefined ? undefined : app.sessions.get(active)
  return (
    <AppContext value={app}>
      <SessionContext value={session}>
        <Tooltip.Provider delayDuration={450} skipDelayDuration={250}>
          <Shell hasSession={session !== undefined} sessionId={active ?? ''} />
        </Tooltip.Provider>
      </SessionContext>
    </AppContext>
  )
}

function Shell({ hasSession, sessionId }: { hasSession: boolean; sessionId: string }) {
  const screen = useView((view) => view.screen)
  const isForm = useStore(forms, ({ shown }) => shown.has(sessionId))
  const alone = useStore(forms, (state) => state.alone)
  if (alone !== undefined)
    return (
      <main className="form-alone">
        {alone === sessionId && isForm ? <FormView key={sessionId} /> : <p className="empty">Opening…</p>}
        <Toasts />
      </main>
    )
  return (
    <div className="shell">
      <TopBar />
      <div className="shell-middle">
        <Rail />
        <main className="shell-main">
          {screen === 'canvas' && hasSession && isForm ? <FormView key={sessionId} /> : null}
          {screen === 'canvas' && hasSession && !isForm ? <GraphScreen key={sessionId} /> : null}
          {screen === 'home' || (screen === 'canvas' && !hasSession) ? <HomeScreen /> : null}
          {screen === 'templates' ? <TemplatesScreen /> : null}
          {screen === 'models' ? <ModelsScreen /> : null}
          {screen === 'datasets' ? <DatasetsScreen /> : null}
          {screen === 'runs' ? <RunsScreen /> : null}
          {screen === 'compare' ? <CompareScreen /> : null}
          {screen === 'settings' ? <SettingsScreen /> : null}
        </main>
      </div>
      <StatusBar />
      <Overlays />
      <Toasts />
    </div>
  )
}

/** Opening a panel never covers the canvas. */
function GraphScreen() {
  const app = useApp()
  const left = useView((view) => view.left)
  const inspector = useView((view) => view.inspector)
  const dock = useView((view) => view.dock)
  const inspectorWidth = useView((view) => view.inspectorWidth)
  const dockHeight = useView((view) => view.dockHeight)
  return (
    <div className="graph-screen">
      <div className="graph-work">
        <div className="graph-upper">
          {left ? <LeftPanel /> : null}
          <div className="graph-centre">
            <PastBanner />
            <NoticeBar />
            <Canvas />
          </div>
        </div>
        {dock ? (
          <div className="dock-frame" style={{ height: `min(${dockHeight}px, 55%)` }}>
            <Grip
              label="Height of the bottom panel"
              along="y"
              value={dockHeight}
              min={120}
              max={560}
              onChange={(next) => app.view.setState({ dockHeight: next })}
            />
            <Dock />
          </div>
        ) : null}
      </div>
      {inspector ? (
        <div className="inspector-frame" style={{ width: inspectorWidth }}>
          <Grip
            label="Width of the inspector"
            along="x"
            value={inspectorWidth}
            min={260}
            max={640}
            onChange={(next) => app.view.setState({ inspectorWidth: next })}
          />
          <Inspector />
        </div>
      ) : null}
    </div>
  )
}
