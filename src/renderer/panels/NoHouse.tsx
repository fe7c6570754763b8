import mark from '../theme/mark.svg'

/** A page that was opened without the token of its address. */
export function NoHouse() {
  return (
    <main className="no-house">
      <img src={mark} alt="" width={44} height={44} />
      <h1>Open the address that Tributary printed</h1>
      <p>
        It ends in <code>#token=…</code>, which lets this page in. In the terminal, <code>npx tributary serve</code> prints a new one.
      </p>
    </main>
  )
}
