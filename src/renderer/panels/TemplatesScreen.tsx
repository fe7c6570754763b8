import { LayoutTemplate } from 'lucide-react'
import { Empty } from '../parts/parts'
import { useCatalog } from '../state/hooks'
import { TemplateTile } from './TemplateTile'
import './screens.css'

export function TemplatesScreen() {
  const templates = useCatalog((catalog) => catalog.templates)
  const families = [...new Set(templates.map((template) => template.family))]
  return (
    <div className="screen" data-testid="templates-screen">
      <header className="screen-head">
        <div>
          <h1>Templates</h1>
          <p className="faint">
            Each runs at once on built-in toy models: tiny, honest about it, and real inference. Then swap in real ones.
          </p>
        </div>
      </header>
      {families.map((family) => (
        <section key={family} className="home-section">
          <h2 className="family-head">{family}</h2>
          <div className="template-grid">
            {templates
              .filter((template) => template.family === family)
              .map((template) => (
                <TemplateTile key={template.id} template={template} />
              ))}
          </div>
        </section>
      ))}
      {templates.length === 0 ? <Empty icon={<LayoutTemplate />}>No templates.</Empty> : null}
    </div>
  )
}
