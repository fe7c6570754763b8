/** Rows under headed columns, in a frame that scrolls sideways where they are wide, by keys too. */
export function DataTable({
  label,
  columns,
  rows,
}: {
  /** for those who hear it: what the rows are */
  label: string
  columns: readonly string[]
  /** one text for each column; rows are shown as they come and do not change places */
  rows: readonly (readonly string[])[]
}) {
  return (
    <section
      className="value-scroll"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: wide rows are scrolled by keys
      tabIndex={0}
      aria-label={label}
    >
      <table className="value-table grid">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a value that does not change have no identity but their place
            <tr key={i}>
              {row.map((cell, column) => (
                <td key={columns[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
