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
import type { App as AppState } from './state/app'
import { AppContext, SessionContext, useView } from './state/hooks'

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
  const isGraph = screen === 'canvas' && hasSession && !isForm
  return (
    <div className="shell">
      <TopBar />
      <div className="shell-middle">
        <Rail />
        <main className="shell-main">
          {isGraph ? <GraphScreen key={sessionId} /> : null}
          {screen === 'canvas' && hasSession && isForm ? <FormView key={sessionId} /> : null}
          {screen === 'home' || (screen === 'canvas' && !hasSession) ? <HomeScreen /> : null}
          {screen === 'templates' ? <TemplatesScreen /> : null}
          {screen === 'models' ? <ModelsScreen /> : null}
          {screen === 'datasets' ? <DatasetsScreen /> : null}
          {screen === 'runs' ? <RunsScreen /> : null}
          {screen === 'compare' ? <CompareScreen /> : null}
          {screen === 'settings' ? <SettingsScreen /> : null}
          {isGraph ? null : <Toasts />}
        </main>
      </div>
      <StatusBar />
      <Overlays />
    </div>
  )
}

/** Opening a panel never covers the canvas. */
function GraphScreen() {
  const left = useView((view) => view.panels.left.open)
  const inspector = useView((view) => view.panels.inspector.open)
  const dock = useView((view) => view.panels.dock.open)
  return (
    <div className="graph-screen">
      <div className="graph-work">
        <div className="graph-upper">
          {left ? <LeftPanel /> : null}
          <div className="graph-centre">
            <PastBanner />
            <NoticeBar />
            <Canvas />
            <Toasts />
          </div>
        </div>
        {dock ? <Dock /> : null}
      </div>
      {inspector ? <Inspector /> : null}
    </div>
  )
}
