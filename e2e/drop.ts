import type { Page } from '@playwright/test'

/** Drops a file on an element as the desktop would. */
export async function dropFile(page: Page, target: string, name: string, content: Buffer): Promise<void> {
  const data = await page.evaluateHandle(
    ({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], name))
      return transfer
    },
    { name, base64: content.toString('base64') },
  )
  await page.dispatchEvent(target, 'drop', { dataTransfer: data, clientX: 500, clientY: 300 })
}
