import { Boxes, Database, GitCompareArrows, History, LayoutTemplate, Settings, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import { Tip } from '../parts/parts'
import { useApp, useView } from '../state/hooks'
import type { Screen } from '../state/view'

const places: readonly { readonly screen: Screen; readonly title: string; readonly icon: ReactNode }[] = [
  { screen: 'home', title: 'Graphs', icon: <Workflow /> },
  { screen: 'templates', title: 'Templates', icon: <LayoutTemplate /> },
  { screen: 'models', title: 'Models', icon: <Boxes /> },
  { screen: 'datasets', title: 'Datasets', icon: <Database /> },
  { screen: 'runs', title: 'Runs', icon: <History /> },
  { screen: 'compare', title: 'Compare', icon: <GitCompareArrows /> },
]

export function Rail() {
  return (
    <nav className="rail" aria-label="Places">
      {places.map((place) => (
        <Place key={place.screen} {...place} />
      ))}
      <span className="rail-space" />
      <Place screen="settings" title="Settings" icon={<Settings />} />
    </nav>
  )
}

function Place({ screen, title, icon }: { screen: Screen; title: string; icon: ReactNode }) {
  const app = useApp()
  const here = useView((view) => view.screen === screen || (screen === 'home' && view.screen === 'canvas'))
  return (
    <Tip text={title} side="right">
      <button
        type="button"
        className="rail-place"
        aria-label={title}
        aria-current={here ? 'page' : undefined}
        data-testid={`go-${screen}`}
        onClick={() => app.view.setState({ screen })}
      >
        {icon}
        <span>{title}</span>
      </button>
    </Tip>
  )
}
