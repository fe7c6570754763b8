/**
 * Files that import each other in a circle: each group once, in the order of its paths. `imports`: file → files that it imports. Of files that lie on no
 * circle but lead to one, nothing is said. (Files that reach each other are one group: Tarjan's strongly connected components, without recursion.)
 */
export function importCircles(imports) {
  const order = new Map()
  const low = new Map()
  const open = []
  const isOpen = new Set()
  const circles = []
  const enter = (file) => {
    order.set(file, order.size)
    low.set(file, order.get(file))
    open.push(file)
    isOpen.add(file)
    return { file, rest: [...(imports.get(file) ?? [])] }
  }
  for (const start of imports.keys()) {
    if (order.has(start)) continue
    const way = [enter(start)]
    while (way.length > 0) {
      const { file, rest } = way.at(-1)
      const next = rest.pop()
      if (next !== undefined) {
        if (!order.has(next)) way.push(enter(next))
        else if (isOpen.has(next)) low.set(file, Math.min(low.get(file), order.get(next)))
        continue
      }
      way.pop()
      const before = way.at(-1)?.file
      if (before !== undefined) low.set(before, Math.min(low.get(before), low.get(file)))
      if (low.get(file) !== order.get(file)) continue
      const group = open.splice(open.lastIndexOf(file))
      for (const member of group) isOpen.delete(member)
      if (group.length > 1 || imports.get(file)?.has(file)) circles.push(group.sort())
    }
  }
  return circles
}
