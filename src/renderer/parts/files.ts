/** The browser's own ways to save and to choose a file. */
export const saveFile = (name: string, text: string, type: string): void => saveBlob(name, new Blob([text], { type }))
export const saveBytes = (name: string, bytes: Uint8Array<ArrayBuffer>, type: string): void => saveBlob(name, new Blob([bytes], { type }))

function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

export const chooseFile = async (accept: string): Promise<File | undefined> => (await chooseFiles({ accept }))?.[0]

/** Files that a person chooses, or all of a folder; hidden ones are left out. undefined: the dialog was closed without a choice. */
export function chooseFiles({ accept = '', several = false, folder = false }): Promise<readonly File[] | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = accept
    input.multiple = several
    input.webkitdirectory = folder
    input.onchange = () => resolve([...(input.files ?? [])].filter(({ name }) => !name.startsWith('.')))
    input.oncancel = () => resolve(undefined)
    input.click()
  })
}
