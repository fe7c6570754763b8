/** Rows of cells as a CSV file, quoted as RFC 4180 asks. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string => rows.map(csvLine).join('')

export const csvLine = (cells: readonly (string | number)[]): string => `${cells.map(cell).join(',')}\r\n`

const cell = (value: string | number): string => {
  const text = String(value)
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
