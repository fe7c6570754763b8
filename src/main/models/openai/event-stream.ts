/**
 * The `data` of each event of a server-sent event stream, in order. Lines may be cut anywhere between pieces; other fields and comments are passed over,
 * and so is an event that the end of the stream cuts off: it ends with an empty line or it is none.
 */
export async function* readEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let buffer = ''
  let data: string[] = []
  for await (const piece of pieces) {
    buffer += decoder.decode(piece, { stream: true })
    const lines = buffer.split(/\r\n|\n|\r(?!$)/)
    buffer = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
      else if (line === '' && data.length > 0) {
        yield data.join('\n')
        data = []
      }
    }
  }
}
