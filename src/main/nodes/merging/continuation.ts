/** An answer as it follows its prompt: with a blank in front, unless the prompt ends with one. */
export const continuationOf = (prompt: string, answer: string): string => `${/\s$/.test(prompt) ? '' : ' '}${answer}`
