/** How large cards are by themselves, and how far a hand may go. In units of the canvas. */
export const cardWidth = 248
export const inputWidth = 264
export const outputWidth = 340
export const narrowest = 180
export const widest = 1200
export const shortest = 80
