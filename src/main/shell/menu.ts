import type * as electron from 'electron'

/** The menu sends command names; the window's own commands answer them, so that menu, palette and keys are one thing. */
const menus: readonly { readonly label: string; readonly items: readonly (readonly [label: string, command: string] | 'separator')[] }[] = [
  {
    label: 'File',
    items: [
      ['New graph', 'new-graph'],
      ['Open a template…', 'open-templates'],
      'separator',
      ['Import…', 'import-graph'],
      ['Export…', 'export-graph'],
      'separator',
      ['Save a named version…', 'save-version'],
    ],
  },
  { label: 'Graph', items: [['Run', 'run'], ['Stop', 'stop'], 'separator', ['Add a node…', 'open-palette'], ['Arrange', 'auto-layout']] },
]

export function createMenu({ Menu, app }: Pick<typeof electron, 'Menu' | 'app'>, send: (command: string) => void): void {
  const own = menus.map(({ label, items }) => ({
    label,
    submenu: items.map((item) => (item === 'separator' ? { type: 'separator' as const } : { label: item[0], click: () => send(item[1]) })),
  }))
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ label: app.name, role: 'appMenu' as const }] : []),
      ...own,
      // Undo and redo stay with the window's own keys; these roles keep text fields native.
      {
        label: 'Edit',
        submenu: [{ role: 'cut' as const }, { role: 'copy' as const }, { role: 'paste' as const }, { role: 'selectAll' as const }],
      },
      {
        label: 'View',
        submenu: [
          { role: 'togglefullscreen' as const },
          { role: 'zoomIn' as const },
          { role: 'zoomOut' as const },
          { role: 'resetZoom' as const },
        ],
      },
      { label: 'Help', submenu: [{ label: 'Keys', click: () => send('show-keys') }] },
    ]),
  )
}
