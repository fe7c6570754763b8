/** How documents are cut into passages: the same params on every node that does it. */
export const chunkParams = {
  by: {
    kind: 'choice',
    default: 'sentences',
    title: 'Cut into',
    summary: 'what a passage is made of',
    options: [
      { value: 'sentences', title: 'Whole sentences' },
      { value: 'paragraphs', title: 'Whole paragraphs' },
      { value: 'sections', title: 'Sections', summary: 'sentences, never across a Markdown heading; the heading joins the title' },
      { value: 'words', title: 'Words', summary: 'a moving window' },
      { value: 'none', title: 'Nothing', summary: 'documents stay whole' },
    ],
  },
  size: {
    kind: 'number',
    default: 120,
    min: 1,
    max: 10_000,
    integer: true,
    unit: 'words',
    title: 'Passage length',
    summary: 'words in a passage at most',
    when: { param: 'by', in: ['sentences', 'paragraphs', 'sections', 'words'] },
  },
  overlap: {
    kind: 'number',
    default: 1,
    min: 0,
    max: 1000,
    integer: true,
    unit: 'units',
    summary: 'sentences, paragraphs or words that a passage repeats of the one before',
    when: { param: 'by', in: ['sentences', 'paragraphs', 'sections', 'words'] },
    advanced: true,
  },
} as const
