import { Flag } from 'lucide-react'
import { defineCommand } from './command'
import { hasGraph } from './helpers'

export default defineCommand({
  id: 'plan',
  title: 'Plan: what will run, and does it fit',
  group: 'Run',
  icon: Flag,
  synonyms: ['memory', 'preview', 'dry run', 'why'],
  isEnabled: hasGraph,
  run: (app) => app.view.setState({ overlay: { type: 'plan' } }),
})
